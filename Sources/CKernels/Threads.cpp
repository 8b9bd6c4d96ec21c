#include "Threads.h"

#include <chrono>

namespace ck {

namespace {

// Tells the core that this is a loop that waits.
inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// A layer follows the last within microseconds, and waking a thread takes longer than that. So it spins for a while,
// long enough for the gap between two images of a stream and too short to be noticed otherwise; every so often it
// offers its core to whoever else wants to run.
constexpr auto patience = std::chrono::microseconds(200);

template <class Condition>
bool spin(const Condition &isMet) {
  for (int turn = 0; turn < 64; turn++) {
    if (isMet()) return true;
    pause();
  }
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    for (int turn = 0; turn < 32; turn++) {
      if (isMet()) return true;
      pause();
    }
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < end);
  return isMet();
}

}  // namespace

Threads::Threads(int count, Runner runner) : threadCount(count), runner(runner), chunks(size_t(count)) {
  if (runner) return;
  try {
    for (int thread = 1; thread < count; thread++) {
      workers.emplace_back([this, thread] { work(thread); });
    }
  } catch (...) {
    stop();
    throw;
  }
}

Threads::~Threads() { stop(); }

void Threads::stop() {
  {
    std::lock_guard lock(mutex);
    isOver = true;
    call.fetch_add(1);
  }
  wakeUp.notify_all();
  for (auto &worker : workers) worker.join();
}

void Threads::run(ck_thread_function function, const void *body) {
  if (runner) return runner(function, body, threadCount);
  this->function = function;
  this->body = body;
  unfinished.store(int(workers.size()), std::memory_order_relaxed);
  call.fetch_add(1);
  if (sleepers.load() > 0) {
    // A worker that is about to sleep holds the lock until it does.
    {
      std::lock_guard lock(mutex);
    }
    wakeUp.notify_all();
  }
  function(body, 0);
  const auto isDone = [&] { return unfinished.load(std::memory_order_acquire) == 0; };
  while (!spin(isDone)) {
  }
}

void Threads::work(int thread) {
  uint32_t seen = 0;
  for (;;) {
    const auto hasWork = [&] { return call.load(std::memory_order_acquire) != seen; };
    if (!spin(hasWork)) {
      std::unique_lock lock(mutex);
      sleepers.fetch_add(1);
      wakeUp.wait(lock, hasWork);
      sleepers.fetch_sub(1);
    }
    seen++;
    if (isOver) return;
    function(body, thread);
    unfinished.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace ck
