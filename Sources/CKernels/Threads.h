// A few threads that run one function at a time, together with the caller's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "CKernels.h"

namespace ck {

class Threads {
 public:
  // Runs a function on somebody else's threads.
  using Runner = void (*)(ck_thread_function function, const void *body, int count);

  // Makes threads of its own, or borrows a runner's.
  explicit Threads(int count, Runner runner = nullptr);
  ~Threads();

  int count() const { return threadCount; }

  // Calls body(thread) once on every thread, and returns when all are done.
  template <class Body>
  void onEach(const Body &body) {
    run([](const void *body, int thread) { (*static_cast<const Body *>(body))(thread); }, &body);
  }

  // Calls body(index, thread) for 0 ..< count. Every thread begins with a chunk of its own, the first with the lowest
  // indices, and helps the others when it is done. So where indices are positions, as rows of a map do, a thread
  // finds in its caches what it left there in the loop before; cores may have no cache in common.
  template <class Body>
  void forEach(int count, const Body &body) {
    for (int thread = 0; thread < threadCount; thread++) {
      chunks[size_t(thread)].next.store(int(int64_t(count) * thread / threadCount), std::memory_order_relaxed);
      chunks[size_t(thread)].end = int(int64_t(count) * (thread + 1) / threadCount);
    }
    onEach([&](int thread) {
      for (int i = 0; i < threadCount; i++) {
        Chunk &chunk = chunks[size_t((thread + i) % threadCount)];
        for (int index; (index = chunk.next.fetch_add(1, std::memory_order_relaxed)) < chunk.end;) body(index, thread);
      }
    });
  }

 private:
  // On a cache line of its own.
  struct alignas(64) Chunk {
    std::atomic<int> next{0};
    int end = 0;
  };

  void run(ck_thread_function function, const void *body);
  void work(int thread);
  void stop();

  const int threadCount;
  const Runner runner;
  std::vector<Chunk> chunks;
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

}  // namespace ck
