// A few threads that run one function at a time, together with the caller's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "CKernels.h"

struct ck_threads {
 public:
  // What runs a function on somebody else's threads.
  using Runner = void (*)(ck_thread_function function, const void *body, int count);

  // Own threads, or a runner's.
  explicit ck_threads(int count, Runner runner = nullptr);
  ~ck_threads();

  int count() const { return threadCount; }

  // Calls body(thread) once on every thread, and returns when all are done.
  template <class Body>
  void onEach(const Body &body) {
    run([](const void *body, int thread) { (*static_cast<const Body *>(body))(thread); }, &body);
  }

  // Calls body(index, thread) for 0 ..< count, whoever is free next.
  template <class Body>
  void forEach(int count, const Body &body) {
    std::atomic<int> next{0};
    onEach([&](int thread) {
      for (int index; (index = next.fetch_add(1, std::memory_order_relaxed)) < count;) body(index, thread);
    });
  }

 private:
  void run(ck_thread_function function, const void *body);
  void work(int thread);

  const int threadCount;
  const Runner runner;
  std::vector<std::thread> workers;
  std::mutex mutex;
  std::condition_variable wakeUp;
  // Counts the calls; a worker that sees a new number has work.
  std::atomic<uint32_t> call{0};
  std::atomic<int> unfinished{0};
  std::atomic<int> sleepers{0};
  std::atomic<bool> isOver{false};
  ck_thread_function function = nullptr;
  const void *body = nullptr;
};
