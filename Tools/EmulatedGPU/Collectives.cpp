// NCCL between processes of one machine: sums in memory that they share, by a thread of each communicator's own, so that a
// process goes on meanwhile, and others wait for one that is gone.

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <random>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "Exported.h"
#include "Memory.h"
#include "Timeline.h"

namespace {

constexpr int kSystemError = 2, kInvalidArgument = 4;
constexpr int kFloat32 = 7, kSum = 0;
constexpr size_t kRoom = size_t{64} << 20;

struct Identifier {
  char bytes[128];
};

/// At the start of the shared memory; a room for each process follows.
struct Meeting {
  std::atomic<int64_t> arrived;
};

class Communicator {
 public:
  Communicator(const char *name, int count, int rank) : count_(count), rank_(rank) {
    const int file = shm_open(name, O_CREAT | O_RDWR, 0600);
    const size_t size = kRoom * static_cast<size_t>(count + 1);
    if (file < 0 || ftruncate(file, static_cast<off_t>(size)) != 0) return;
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) return;
    memory_ = static_cast<char *>(memory);
    meet();
    if (rank == 0) shm_unlink(name);
    worker_ = std::thread([this] { work(); });
  }

  bool is_valid() const { return memory_; }

  emulated::Job sum(const float *source, float *target, size_t count) {
    auto job = std::make_shared<std::atomic<bool>>(false);
    const std::lock_guard guard(mutex_);
    sums_.push_back({source, target, count, job});
    condition_.notify_one();
    return job;
  }

  /// What waits for others gives up.
  void abort() {
    is_aborted_ = true;
    condition_.notify_one();
    worker_.join();
  }

 private:
  struct Sum {
    const float *source;
    float *target;
    size_t count;
    emulated::Job job;
  };

  const int count_, rank_;
  char *memory_ = nullptr;
  int64_t meetings_ = 0;
  std::mutex mutex_;
  std::condition_variable condition_;
  std::deque<Sum> sums_;
  std::atomic<bool> is_aborted_ = false;
  std::thread worker_;

  float *room(int rank) { return reinterpret_cast<float *>(memory_ + kRoom * static_cast<size_t>(rank + 1)); }

  /// Until all have come as often.
  void meet() {
    auto &arrived = reinterpret_cast<Meeting *>(memory_)->arrived;
    ++arrived;
    const int64_t all = ++meetings_ * count_;
    while (arrived < all && !is_aborted_) usleep(50);
  }

  void work() {
    while (true) {
      std::unique_lock lock(mutex_);
      condition_.wait(lock, [this] { return is_aborted_ || !sums_.empty(); });
      if (is_aborted_) return;
      const Sum sum = std::move(sums_.front());
      sums_.pop_front();
      lock.unlock();
      memcpy(room(rank_), sum.source, sum.count * sizeof(float));
      meet();
      // What the others do not have yet stays as it is.
      if (is_aborted_) return;
      for (size_t i = 0; i < sum.count; ++i) {
        float total = 0;
        for (int rank = 0; rank < count_; ++rank) total += room(rank)[i];
        sum.target[i] = total;
      }
      meet();
      *sum.job = true;
    }
  }
};

}  // namespace

EXPORTED int ncclGetUniqueId(Identifier *identifier) {
  std::random_device random;
  memset(identifier->bytes, 0, sizeof identifier->bytes);
  snprintf(identifier->bytes, sizeof identifier->bytes, "/emulated-nccl-%x%x", random(), random());
  return 0;
}

EXPORTED int ncclCommInitRank(Communicator **communicator, int count, Identifier identifier, int rank) {
  *communicator = new Communicator(identifier.bytes, count, rank);
  return (*communicator)->is_valid() ? 0 : kSystemError;
}

EXPORTED int ncclAllReduce(
    const float *source, float *target, size_t count, int type, int operation, Communicator *communicator,
    emulated::Stream *stream) {
  if (type != kFloat32 || operation != kSum || count * sizeof(float) > kRoom) return kInvalidArgument;
  const std::lock_guard guard(emulated::lock());
  const auto from = emulated::block_at(source), to = emulated::block_at(target);
  if (!from || !to || from->device != stream->device) return kInvalidArgument;
  const emulated::Tick tick = emulated::enqueue(*stream);
  from->touch(*stream, tick, /*is_write=*/false, "ncclAllReduce");
  to->touch(*stream, tick, /*is_write=*/true, "ncclAllReduce");
  stream->job = communicator->sum(source, target, count);
  return 0;
}

EXPORTED int ncclCommGetAsyncError(Communicator *, int *error) {
  *error = 0;
  return 0;
}

EXPORTED int ncclCommAbort(Communicator *communicator) {
  communicator->abort();
  return 0;
}

EXPORTED const char *ncclGetErrorString(int error) {
  return error == kInvalidArgument ? "invalid argument" : "unhandled system error";
}
