// Streams and events of GPUs that do not exist, and what is certain to be over when something begins.
//
// Operators run at once, in the order in which the program gives them away. On a GPU only those of one stream keep their
// order; between streams it takes an event, or a program that waits. So every stream counts its operators, and knows of
// every other stream up to which count it has waited for it (a vector clock). What touches memory without having waited for
// the one that wrote it is a race, even though nothing goes wrong here.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <c10/core/Stream.h>

namespace emulated {

using Tick = uint64_t;

/// Up to which operator of each stream everything is over.
class Clock {
 public:
  Tick operator[](int stream) const;
  void advance(int stream, Tick tick);
  void merge(const Clock &other);

 private:
  std::map<int, Tick> ticks_;
};

struct Graph;

/// What does take its time: it is over when this is true.
using Job = std::shared_ptr<std::atomic<bool>>;

struct Stream {
  int number;
  int device;
  /// Of this device, as libtorch numbers them; 0 is the default stream.
  c10::StreamId id;
  Tick count = 0;
  Clock seen = {};
  /// What is noted instead of run; null where nothing is.
  Graph *graph = nullptr;
  /// The last that was given to it; null where none was.
  Job job = nullptr;

  /// Everything that has been given to it so far.
  Clock all() const;
  c10::Stream handle() const;
};

struct Event {
  int device;
  bool is_recorded = false;
  /// Recorded while a graph was captured: nothing outside may wait for it.
  const Graph *graph = nullptr;
  Clock clock = {};
  Job job = nullptr;

  bool is_over() const { return !job || *job; }
};

/// One at a time touches anything of this library: the program's threads and those of its backward passes.
std::recursive_mutex &lock();

int device_count();

/// Of this thread.
int current_device();
int exchange_device(int device);

/// Of this thread and a device.
Stream &current_stream(int device);
Stream &exchange_stream(Stream &stream);

Stream &default_stream(int device);
/// One of a device's 32, in turn, as libtorch does it.
Stream &pooled_stream(int device);
/// One of its own.
Stream &new_stream(int device);
Stream &stream_of(const c10::Stream &handle);
Stream &stream_at(int number);
/// What the program has waited for.
const Clock &host_clock();

/// Where the next operator of a stream stands.
Tick enqueue(Stream &stream);

void record(Event &event, Stream &stream);
void wait(Stream &stream, const Event &event);
/// The program waits.
void synchronize(const Stream &stream);
void synchronize(const Event &event);
void synchronize_device(int device);

/// What a real GPU would have got wrong, said at once, and again by how the program ends: its status is then 86.
void complain(const std::string &text);
/// How many different complaints there were; they are forgotten.
size_t forget_complaints();

/// What the program did.
struct Counts {
  int64_t operators = 0, replays = 0, captured = 0, waits = 0;
};
Counts &counts();

/// An operator that libtorch_cuda would have to have.
void note_operator(const std::string &name);

}  // namespace emulated
