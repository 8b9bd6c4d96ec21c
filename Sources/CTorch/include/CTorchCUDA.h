// What libtorch has for CUDA that is no operator: streams, events, graphs, figures. A dynamic library of
// its own, built by `make cuda` and opened when somebody asks for a GPU, fills the table below.
//
// Functions return a message, to be freed with `ctorch_message_free`, or NULL, as in CTorch.h.
#pragma once

#include "CTorch.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTorchCUDAStream CTorchCUDAStream;
typedef struct CTorchCUDAEvent CTorchCUDAEvent;
typedef struct CTorchCUDAGraph CTorchCUDAGraph;

// Bytes.
typedef struct {
  uint64_t free, total;
  // By tensors, now and at most.
  uint64_t allocated, peak_allocated;
  // By libtorch's allocator, which keeps what tensors leave.
  uint64_t reserved;
} CTorchCUDAMemory;

// Changes with the table.
#define CTORCH_CUDA_INTERFACE_VERSION 2

typedef struct {
  int32_t version;
  // The libtorch that it was built with.
  const char *_Nonnull torch_version;

  CTorchMessage _Nullable (*_Nonnull memory)(int8_t device, CTorchCUDAMemory *_Nonnull result);
  // Waits for everything that was given to a device.
  CTorchMessage _Nullable (*_Nonnull synchronize)(int8_t device);

  // A stream of libtorch's pool.
  CTorchMessage _Nullable (*_Nonnull stream_make)(
      int8_t device, CTorchCUDAStream *_Nullable *_Nonnull result);
  void (*_Nonnull stream_release)(CTorchCUDAStream *_Nonnull stream);
  // Makes it the stream that this thread's operators go to, and returns the former one.
  CTorchMessage _Nullable (*_Nonnull stream_enter)(
      const CTorchCUDAStream *_Nonnull stream, CTorchCUDAStream *_Nullable *_Nonnull former);

  CTorchMessage _Nullable (*_Nonnull event_make)(
      int8_t device, CTorchCUDAEvent *_Nullable *_Nonnull result);
  void (*_Nonnull event_release)(CTorchCUDAEvent *_Nonnull event);
  // Comes about when everything that stands before it in the current stream is done.
  CTorchMessage _Nullable (*_Nonnull event_record)(CTorchCUDAEvent *_Nonnull event, int8_t device);
  // What is given to the current stream from now on waits for the event.
  CTorchMessage _Nullable (*_Nonnull event_wait)(CTorchCUDAEvent *_Nonnull event, int8_t device);

  CTorchMessage _Nullable (*_Nonnull graph_make)(CTorchCUDAGraph *_Nullable *_Nonnull result);
  void (*_Nonnull graph_release)(CTorchCUDAGraph *_Nonnull graph);
  // Operators of the current stream, which is not the default one, are noted instead of run until
  // `graph_end`. A graph that is replayed never at the same time as another can share its memory.
  CTorchMessage _Nullable (*_Nonnull graph_begin)(
      CTorchCUDAGraph *_Nonnull graph, CTorchCUDAGraph *_Nullable sharing);
  CTorchMessage _Nullable (*_Nonnull graph_end)(CTorchCUDAGraph *_Nonnull graph);
  CTorchMessage _Nullable (*_Nonnull graph_replay)(CTorchCUDAGraph *_Nonnull graph);

  // How long kernels ran between these two, in seconds: the union of their intervals.
  CTorchMessage _Nullable (*_Nonnull profile_begin)(void);
  CTorchMessage _Nullable (*_Nonnull profile_end)(
      double *_Nonnull kernel_seconds, int64_t *_Nonnull kernel_count);
} CTorchCUDAFunctions;

// The only symbol of the library.
typedef const CTorchCUDAFunctions *_Nonnull (*CTorchCUDATable)(void);
#define CTORCH_CUDA_SYMBOL "ctorch_cuda_functions"

#ifdef __cplusplus
}
#endif
