// CUDA's runtime, as far as the program uses it itself. A library of its own since libtorch_cpu loads it, which comes before
// all others here: it finds them when somebody calls.

#include "../Runtime.h"

EXPORTED int cudaRuntimeGetVersion(int *version) {
  *version = 13000;
  return 0;
}

EXPORTED int cudaSetDevice(int device) { return emulated_set_device(device); }

EXPORTED int cudaStreamCreateWithFlags(void **stream, unsigned) { return emulated_stream_create(stream); }

EXPORTED int cudaStreamWaitEvent(void *stream, void *event, unsigned) {
  return emulated_stream_wait(stream, event);
}

EXPORTED int cudaEventCreateWithFlags(void **event, unsigned) { return emulated_event_create(event); }

EXPORTED int cudaEventDestroy(void *event) { return emulated_event_destroy(event); }

EXPORTED int cudaEventRecord(void *event, void *stream) { return emulated_event_record(event, stream); }

EXPORTED int cudaEventQuery(void *event) { return emulated_event_query(event); }

EXPORTED int cudaGetLastError() { return emulated_last_error(); }

EXPORTED const char *cudaGetErrorString(int error) { return emulated_error_string(error); }
