#include "Runtime.h"

#include <atomic>
#include <exception>

#include "Memory.h"
#include "Timeline.h"

namespace {

constexpr int kInvalidHandle = 400, kNotReady = 600;

// Of this thread, as in CUDA.
thread_local int last_error = 0;

int noted(int code) {
  if (code) last_error = code;
  return code;
}

template <typename Body>
int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const std::exception &error) {
    emulated::complain(error.what());
    return noted(kInvalidHandle);
  }
}

emulated::Stream &stream_at(void *handle) {
  return handle ? *static_cast<emulated::Stream *>(handle)
                : emulated::default_stream(emulated::current_device());
}

emulated::Event &event_at(void *handle) { return *static_cast<emulated::Event *>(handle); }

}  // namespace

int emulated_set_device(int device) {
  return guarded([&] { emulated::exchange_device(device); });
}

int emulated_stream_create(void **stream) {
  *stream = &emulated::new_stream(emulated::current_device());
  return 0;
}

int emulated_stream_wait(void *stream, void *event) {
  return guarded([&] { emulated::wait(stream_at(stream), event_at(event)); });
}

int emulated_event_create(void **event) {
  *event = new emulated::Event{emulated::current_device()};
  return 0;
}

int emulated_event_destroy(void *event) {
  delete &event_at(event);
  return 0;
}

int emulated_event_record(void *event, void *stream) {
  return guarded([&] { emulated::record(event_at(event), stream_at(stream)); });
}

int emulated_event_query(void *event) {
  if (!event_at(event).is_over()) return noted(kNotReady);
  return guarded([&] { emulated::synchronize(event_at(event)); });
}

int emulated_last_error() { return std::exchange(last_error, 0); }

const char *emulated_error_string(int error) {
  return error == kNotReady ? "not ready" : "an error of the emulated GPU, told above";
}
