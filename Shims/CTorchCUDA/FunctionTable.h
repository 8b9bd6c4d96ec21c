// The end of a source file that implements the table of CTorchCUDA.h: its functions have the names of the table's
// entries.

#include <torch/headeronly/version.h>

#include "include/CTorchCUDA.h"

extern "C" __attribute__((visibility("default"))) const CTorchCUDAFunctions *ctorch_cuda_functions(void) {
  static const CTorchCUDAFunctions functions = {
    .version = CTORCH_CUDA_INTERFACE_VERSION,
    .torch_version = TORCH_VERSION,
    .memory = memory,
    .synchronize = synchronize,
    .stream_make = stream_make,
    .stream_release = stream_release,
    .stream_enter = stream_enter,
    .event_make = event_make,
    .event_release = event_release,
    .event_record = event_record,
    .event_wait = event_wait,
    .graph_make = graph_make,
    .graph_release = graph_release,
    .graph_begin = graph_begin,
    .graph_end = graph_end,
    .graph_replay = graph_replay,
    .profile_begin = profile_begin,
    .profile_end = profile_end,
  };
  return &functions;
}
