// The C functions of libraries that the program opens by name: NVIDIA's driver, and libctorch_cuda.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <ATen/Context.h>

#include "Exported.h"
#include "Failure.h"
#include "Graph.h"
#include "Memory.h"
#include "Timeline.h"
#include "include/CTorchCUDA.h"

using ctorch::guarded;
namespace gpu = emulated;


namespace {

int setting(const char *name, int usual) {
  const char *text = getenv(name);
  return text ? atoi(text) : usual;
}

}  // namespace

// NVIDIA's driver.

EXPORTED int cuInit(unsigned) { return gpu::device_count() > 0 ? 0 : 100; }

EXPORTED int cuDriverGetVersion(int *version) {
  *version = setting("EMULATED_GPU_DRIVER", 13000);
  return 0;
}

EXPORTED int cuDeviceGetCount(int *count) {
  *count = gpu::device_count();
  return 0;
}

EXPORTED int cuDeviceGetName(char *name, int size, int device) {
  snprintf(name, static_cast<size_t>(size), "emulated GPU %d", device);
  return 0;
}

// The compute capability, 9.0 or another.
EXPORTED int cuDeviceGetAttribute(int *value, int attribute, int) {
  *value = attribute == 75 ? setting("EMULATED_GPU_CAPABILITY", 9) : 0;
  return 0;
}

EXPORTED int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  *bytes = gpu::usage(device).total;
  return 0;
}

EXPORTED int cuGetErrorString(int, const char **text) {
  *text = "an error of the emulated GPU";
  return 0;
}

// libctorch_cuda.

struct CTorchCUDAStream {
  gpu::Stream *value;
};

struct CTorchCUDAEvent {
  gpu::Event value;
};

struct CTorchCUDAGraph {
  gpu::Graph value;
};

namespace {

CTorchMessage memory(int8_t device, CTorchCUDAMemory *result) {
  return guarded([&] {
    const auto [total, allocated, peak, reserved] = gpu::usage(device);
    *result = {total - allocated, total, allocated, peak, reserved};
  });
}

CTorchMessage synchronize(int8_t device) {
  return guarded([&] { gpu::synchronize_device(device); });
}

CTorchMessage stream_make(int8_t device, CTorchCUDAStream **result) {
  return guarded([&] { *result = new CTorchCUDAStream{&gpu::pooled_stream(device)}; });
}

void stream_release(CTorchCUDAStream *stream) { delete stream; }

CTorchMessage stream_enter(const CTorchCUDAStream *stream, CTorchCUDAStream **former) {
  return guarded([&] {
    gpu::exchange_device(stream->value->device);
    *former = new CTorchCUDAStream{&gpu::exchange_stream(*stream->value)};
  });
}

CTorchMessage event_make(int8_t device, CTorchCUDAEvent **result) {
  return guarded([&] { *result = new CTorchCUDAEvent{gpu::Event{device}}; });
}

void event_release(CTorchCUDAEvent *event) { delete event; }

CTorchMessage event_record(CTorchCUDAEvent *event, int8_t device) {
  return guarded([&] { gpu::record(event->value, gpu::current_stream(device)); });
}

CTorchMessage event_wait(CTorchCUDAEvent *event, int8_t device) {
  return guarded([&] { gpu::wait(gpu::current_stream(device), event->value); });
}

CTorchMessage graph_make(CTorchCUDAGraph **result) {
  return guarded([&] { *result = new CTorchCUDAGraph; });
}

void graph_release(CTorchCUDAGraph *graph) { delete graph; }

CTorchMessage graph_begin(CTorchCUDAGraph *graph, CTorchCUDAGraph *sharing) {
  return guarded([&] {
    graph->value.begin(gpu::current_stream(gpu::current_device()), sharing ? &sharing->value : nullptr);
  });
}

CTorchMessage graph_end(CTorchCUDAGraph *graph) {
  return guarded([&] { graph->value.end(); });
}

CTorchMessage graph_replay(CTorchCUDAGraph *graph) {
  return guarded([&] { graph->value.replay(gpu::current_stream(graph->value.stream->device)); });
}

// Operators take no time of their own here: all of it is.
struct {
  std::chrono::steady_clock::time_point start;
  int64_t operators;
} profile;

int64_t operators_run() { return gpu::counts().operators + gpu::counts().replays; }

CTorchMessage profile_begin() {
  profile = {std::chrono::steady_clock::now(), operators_run()};
  return nullptr;
}

CTorchMessage profile_end(double *kernel_seconds, int64_t *kernel_count) {
  *kernel_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - profile.start).count();
  *kernel_count = operators_run() - profile.operators;
  return nullptr;
}

}  // namespace

#include "../../Shims/CTorchCUDA/FunctionTable.h"
