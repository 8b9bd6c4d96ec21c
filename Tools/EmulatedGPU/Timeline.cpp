#include "Timeline.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <set>

#include <unistd.h>

#include <c10/util/Exception.h>

#include "Memory.h"

namespace emulated {

namespace {

constexpr int kStreamsPerPool = 32;

struct Timeline {
  std::deque<Stream> streams;
  /// What the program has waited for.
  Clock host;
  std::map<int, int> pooled;
  std::map<std::string, int> complaints;
  Counts counts;
  std::set<std::string> operators;
};

// Never destroyed: tensors are released while the program ends.
Timeline &timeline() {
  static auto &timeline = *new Timeline;
  return timeline;
}

thread_local int this_device = 0;
thread_local std::map<int, Stream *> this_stream;

Stream &add(int device, c10::StreamId id) {
  auto &streams = timeline().streams;
  return streams.emplace_back(Stream{static_cast<int>(streams.size()), device, id});
}

Stream &find(int device, c10::StreamId id) {
  for (auto &stream : timeline().streams) {
    if (stream.device == device && stream.id == id) return stream;
  }
  return add(device, id);
}

void wait_for(const Clock &clock) {
  ++timeline().counts.waits;
  timeline().host.merge(clock);
  finish_copies(timeline().host);
}

/// As the program ends: what it did, into the file that EMULATED_GPU_REPORT names, and whether a real GPU would have done
/// it.
struct Report {
  ~Report() {
    if (const char *path = getenv("EMULATED_GPU_REPORT")) {
      std::ofstream file(path);
      const auto &[operators, replays, captured, waits] = counts();
      file << "operators " << operators << "\nreplays " << replays << "\ncaptured " << captured << "\nwaits "
           << waits << '\n';
      for (const auto &name : timeline().operators) file << name << '\n';
    }
    if (timeline().complaints.empty()) return;
    for (const auto &[text, count] : timeline().complaints) {
      fprintf(stderr, "emulated GPU: %d times: %s\n", count, text.c_str());
    }
    fflush(nullptr);
    _exit(86);
  }
} report;

}  // namespace

Tick Clock::operator[](int stream) const {
  const auto found = ticks_.find(stream);
  return found == ticks_.end() ? 0 : found->second;
}

void Clock::advance(int stream, Tick tick) {
  auto &known = ticks_[stream];
  known = std::max(known, tick);
}

void Clock::merge(const Clock &other) {
  for (const auto &[stream, tick] : other.ticks_) advance(stream, tick);
}

Clock Stream::all() const {
  Clock clock = seen;
  clock.advance(number, count);
  return clock;
}

c10::Stream Stream::handle() const {
  return c10::Stream(
      c10::Stream::UNSAFE,
      c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)), id);
}

std::recursive_mutex &lock() {
  static auto &mutex = *new std::recursive_mutex;
  return mutex;
}

int device_count() {
  static const int count = [] {
    const char *text = getenv("EMULATED_GPU_COUNT");
    return text ? atoi(text) : 2;
  }();
  return count;
}

int current_device() { return this_device; }

int exchange_device(int device) {
  TORCH_CHECK(
      device >= 0 && device < device_count(), "CUDA error: invalid device ordinal ", device);
  return std::exchange(this_device, device);
}

Stream &current_stream(int device) {
  if (device < 0) device = this_device;
  const auto found = this_stream.find(device);
  return found == this_stream.end() ? default_stream(device) : *found->second;
}

Stream &exchange_stream(Stream &stream) {
  Stream &former = current_stream(stream.device);
  this_stream[stream.device] = &stream;
  return former;
}

Stream &default_stream(int device) {
  const std::lock_guard guard(lock());
  return find(device, 0);
}

Stream &pooled_stream(int device) {
  const std::lock_guard guard(lock());
  return find(device, 1 + timeline().pooled[device]++ % kStreamsPerPool);
}

Stream &new_stream(int device) {
  const std::lock_guard guard(lock());
  return add(device, 1000 + static_cast<c10::StreamId>(timeline().streams.size()));
}

Stream &stream_of(const c10::Stream &handle) {
  const std::lock_guard guard(lock());
  return find(handle.device_index(), handle.id());
}

Stream &stream_at(int number) { return timeline().streams[number]; }

const Clock &host_clock() { return timeline().host; }

Tick enqueue(Stream &stream) {
  stream.seen.merge(timeline().host);
  stream.seen.advance(stream.number, ++stream.count);
  return stream.count;
}

void record(Event &event, Stream &stream) {
  const std::lock_guard guard(lock());
  TORCH_CHECK(
      event.device == stream.device,
      "CUDA error: invalid resource handle: an event of device ", event.device,
      " in a stream of device ", stream.device);
  event.is_recorded = true;
  event.graph = stream.graph;
  event.clock = stream.all();
  event.job = stream.job;
}

void wait(Stream &stream, const Event &event) {
  const std::lock_guard guard(lock());
  if (!event.is_recorded) return;
  TORCH_CHECK(
      event.graph == stream.graph,
      "CUDA error: operation not permitted when stream is capturing: an event and who waits for it are "
      "not in the same graph");
  TORCH_CHECK(event.is_over(), "a stream that waits for another process is not emulated");
  stream.seen.merge(event.clock);
}

void synchronize(const Stream &stream) {
  const std::lock_guard guard(lock());
  TORCH_CHECK(!stream.graph, "CUDA error: operation not permitted when stream is capturing: a wait");
  wait_for(stream.all());
}

void synchronize(const Event &event) {
  const std::lock_guard guard(lock());
  wait_for(event.clock);
}

void synchronize_device(int device) {
  const std::lock_guard guard(lock());
  Clock all;
  for (const auto &stream : timeline().streams) {
    if (stream.device != device) continue;
    TORCH_CHECK(
        !stream.graph, "CUDA error: operation not permitted when stream is capturing: a wait");
    all.merge(stream.all());
  }
  wait_for(all);
}

void complain(const std::string &text) {
  if (timeline().complaints[text]++ == 0) fprintf(stderr, "emulated GPU: %s\n", text.c_str());
}

size_t forget_complaints() {
  const size_t count = timeline().complaints.size();
  timeline().complaints.clear();
  return count;
}

Counts &counts() { return timeline().counts; }

void note_operator(const std::string &name) { timeline().operators.insert(name); }

}  // namespace emulated
