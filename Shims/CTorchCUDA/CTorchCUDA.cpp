// The table of CTorchCUDA.h. SwiftPM does not build this folder, `make cuda` does: it needs CUDA's headers and links
// against libtorch_cuda, and nothing else of this project may.

#include <memory>

// Nothing that includes cuBLAS or cuSPARSE, whose headers come with 600 MB of libraries.
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "Failure.h"
#include "KernelProfile.h"
#include "include/CTorch.h"

struct CTorchCUDAStream {
  c10::cuda::CUDAStream value;
};

struct CTorchCUDAEvent {
  cudaEvent_t value;
};

struct CTorchCUDAGraph {
  at::cuda::CUDAGraph value;
};

namespace {

using ctorch::guarded;

CTorchMessage memory(int8_t device, CTorchCUDAMemory *result) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(device);
    size_t free = 0, total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    const auto statistics = c10::cuda::CUDACachingAllocator::getDeviceStats(device);
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto &allocated = statistics.allocated_bytes[all];
    result->free = free;
    result->total = total;
    result->allocated = static_cast<uint64_t>(allocated.current);
    result->peak_allocated = static_cast<uint64_t>(allocated.peak);
    result->reserved = static_cast<uint64_t>(statistics.reserved_bytes[all].current);
  });
}

CTorchMessage synchronize(int8_t device) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(device);
    c10::cuda::device_synchronize();
  });
}

// Streams.

CTorchMessage stream_make(int8_t device, CTorchCUDAStream **result) {
  return guarded(
    [&] { *result = new CTorchCUDAStream{c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device)}; });
}

void stream_release(CTorchCUDAStream *stream) { delete stream; }

CTorchMessage stream_enter(const CTorchCUDAStream *stream, CTorchCUDAStream **former) {
  return guarded([&] {
    auto previous = c10::cuda::getCurrentCUDAStream(stream->value.device_index());
    // Capturing asks for the current device's stream.
    c10::cuda::set_device(stream->value.device_index());
    c10::cuda::setCurrentCUDAStream(stream->value);
    *former = new CTorchCUDAStream{previous};
  });
}

// Events.

// An event belongs to the device that is current when it is made, and only that device's streams may record it.
CTorchMessage event_make(int8_t device, CTorchCUDAEvent **result) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(device);
    auto event = std::make_unique<CTorchCUDAEvent>();
    C10_CUDA_CHECK(cudaEventCreateWithFlags(&event->value, cudaEventDisableTiming));
    *result = event.release();
  });
}

void event_release(CTorchCUDAEvent *event) {
  C10_CUDA_IGNORE_ERROR(cudaEventDestroy(event->value));
  delete event;
}

CTorchMessage event_record(CTorchCUDAEvent *event, int8_t device) {
  return guarded(
    [&] { C10_CUDA_CHECK(cudaEventRecord(event->value, c10::cuda::getCurrentCUDAStream(device).stream())); });
}

CTorchMessage event_wait(CTorchCUDAEvent *event, int8_t device) {
  return guarded(
    [&] { C10_CUDA_CHECK(cudaStreamWaitEvent(c10::cuda::getCurrentCUDAStream(device).stream(), event->value, 0)); });
}

// Graphs.

CTorchMessage graph_make(CTorchCUDAGraph **result) {
  return guarded([&] { *result = new CTorchCUDAGraph; });
}

void graph_release(CTorchCUDAGraph *graph) { delete graph; }

CTorchMessage graph_begin(CTorchCUDAGraph *graph, CTorchCUDAGraph *sharing) {
  return guarded([&] {
    // What the runs before it left would be lost to the graph, which has memory of its own.
    c10::cuda::CUDACachingAllocator::emptyCache();
    // Other threads may allocate pinned memory meanwhile.
    graph->value.capture_begin(
      sharing ? sharing->value.pool() : c10::MempoolId_t{0, 0}, cudaStreamCaptureModeThreadLocal);
  });
}

CTorchMessage graph_end(CTorchCUDAGraph *graph) {
  return guarded([&] { graph->value.capture_end(); });
}

CTorchMessage graph_replay(CTorchCUDAGraph *graph) {
  return guarded([&] { graph->value.replay(); });
}

// Profile.

CTorchMessage profile_begin() {
  return guarded([] { ctorch::KernelProfile::begin(); });
}

CTorchMessage profile_end(double *kernel_seconds, int64_t *kernel_count) {
  return guarded([&] {
    const auto profile = ctorch::KernelProfile::end();
    *kernel_seconds = profile.seconds;
    *kernel_count = profile.count;
  });
}

}  // namespace

#include "FunctionTable.h"
