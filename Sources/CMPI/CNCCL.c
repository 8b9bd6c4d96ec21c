#ifdef SSD_DISTRIBUTED

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "Abandonment.h"
#include "include/CNCCL.h"

// From nccl.h and driver_types.h, whose values are part of their binary interfaces.
typedef struct {
  char bytes[CNCCLIdentifierSize];
} Identifier;
enum { ncclFloat32 = 7, ncclSum = 0 };
enum { cudaErrorNotReady = 600, cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };

typedef void *Communicator, *Stream, *Event;

static struct {
  int (*get_unique_id)(Identifier *);
  int (*init_rank)(Communicator *, int, Identifier, int);
  int (*all_reduce)(const void *, void *, size_t, int, int, Communicator, Stream);
  int (*async_error)(Communicator, int *);
  int (*abort)(Communicator);
  const char *(*error)(int);
} nccl;

static struct {
  int (*set_device)(int);
  int (*create_stream)(Stream *, unsigned);
  int (*create_event)(Event *, unsigned);
  int (*destroy_event)(Event);
  int (*record)(Event, Stream);
  int (*wait)(Stream, Event, unsigned);
  int (*query)(Event);
  int (*last_error)(void);
  const char *(*error)(int);
} cuda;

struct CNCCLGroup {
  Communicator communicator;
  // Its own, so that sums run beside the backward pass.
  Stream stream;
  int device;
  // The communicator is gone then.
  atomic_int is_aborted;
};

struct CNCCLSum {
  Event done;
};

typedef struct {
  void *function;
  const char *name;
} Entry;

static const char *resolve(void *library, const Entry *entries, size_t count, const char *missing) {
  if (!library) return missing;
  for (size_t i = 0; i < count; ++i) {
    void *symbol = dlsym(library, entries[i].name);
    if (!symbol) return missing;
    memcpy(entries[i].function, &symbol, sizeof symbol);
  }
  return NULL;
}

static const char *load(void) {
  static int loaded;
  if (loaded) return NULL;
  const Entry collective[] = {
    {&nccl.get_unique_id, "ncclGetUniqueId"}, {&nccl.init_rank, "ncclCommInitRank"},
    {&nccl.all_reduce, "ncclAllReduce"},      {&nccl.async_error, "ncclCommGetAsyncError"},
    {&nccl.abort, "ncclCommAbort"},           {&nccl.error, "ncclGetErrorString"},
  };
  const Entry runtime[] = {
    {&cuda.set_device, "cudaSetDevice"},
    {&cuda.create_stream, "cudaStreamCreateWithFlags"},
    {&cuda.create_event, "cudaEventCreateWithFlags"},
    {&cuda.destroy_event, "cudaEventDestroy"},
    {&cuda.record, "cudaEventRecord"},
    {&cuda.wait, "cudaStreamWaitEvent"},
    {&cuda.query, "cudaEventQuery"},
    {&cuda.last_error, "cudaGetLastError"},
    {&cuda.error, "cudaGetErrorString"},
  };
  // libtorch_cuda has brought both along, where a GPU is in use at all.
  const char *failure = resolve(
    dlopen("libnccl.so.2", RTLD_NOW), collective, sizeof collective / sizeof *collective,
    "sums over GPUs need NCCL, and libnccl.so.2 is not on the loader's path");
  void *library = dlopen("libcudart.so.13", RTLD_NOW);
  if (!library) library = dlopen("libcudart.so.12", RTLD_NOW);
  if (!failure) {
    failure = resolve(
      library, runtime, sizeof runtime / sizeof *runtime,
      "sums over GPUs need CUDA's runtime, and neither libcudart.so.13 nor libcudart.so.12 is on the "
      "loader's path");
  }
  loaded = !failure;
  return failure;
}

static const char *nccl_failure(int code) { return code ? nccl.error(code) : NULL; }
static const char *cuda_failure(int code) { return code ? cuda.error(code) : NULL; }

const char *cnccl_identifier(void *identifier) {
  const char *failure = load();
  return failure ? failure : nccl_failure(nccl.get_unique_id(identifier));
}

const char *cnccl_join(const void *identifier, int rank, int count, int device, CNCCLGroup **group) {
  const char *failure = load();
  if (failure) return failure;
  CNCCLGroup *result = calloc(1, sizeof *result);
  Identifier value;
  memcpy(&value, identifier, sizeof value);
  result->device = device;
  failure = cuda_failure(cuda.set_device(device));
  if (!failure) failure = cuda_failure(cuda.create_stream(&result->stream, cudaStreamNonBlocking));
  if (!failure) failure = nccl_failure(nccl.init_rank(&result->communicator, count, value, rank));
  if (failure) {
    free(result);
    return failure;
  }
  *group = result;
  return NULL;
}

const char *cnccl_start_sum(CNCCLGroup *group, float *values, size_t count, CNCCLSum **sum) {
  if (atomic_load(&group->is_aborted)) return "the group of GPUs has been given up";
  Event ready = NULL, done = NULL;
  const char *failure = cuda_failure(cuda.set_device(group->device));
  if (!failure) failure = cuda_failure(cuda.create_event(&ready, cudaEventDisableTiming));
  if (!failure) failure = cuda_failure(cuda.create_event(&done, cudaEventDisableTiming));
  if (!failure) failure = cuda_failure(cuda.record(ready, NULL));
  if (!failure) failure = cuda_failure(cuda.wait(group->stream, ready, 0));
  if (!failure) {
    failure =
      nccl_failure(nccl.all_reduce(values, values, count, ncclFloat32, ncclSum, group->communicator, group->stream));
  }
  if (!failure) failure = cuda_failure(cuda.record(done, group->stream));
  // CUDA keeps an event until nothing waits for it.
  if (ready) cuda.destroy_event(ready);
  if (failure) {
    if (done) cuda.destroy_event(done);
    return failure;
  }
  *sum = malloc(sizeof **sum);
  (*sum)->done = done;
  return NULL;
}

// A kernel that waits for a process that is gone would wait for ever; what its event says after that is worth nothing.
static void give_up(CNCCLGroup *group) {
  if (!atomic_exchange(&group->is_aborted, 1)) nccl.abort(group->communicator);
}

const char *cnccl_finish(CNCCLGroup *group, CNCCLSum *sum, int *abandoned) {
  const struct timespec pause = {.tv_nsec = 20000};
  const char *failure = cuda_failure(cuda.set_device(group->device));
  *abandoned = 0;
  while (!failure) {
    if (is_abandoned()) {
      give_up(group);
      *abandoned = 1;
      break;
    }
    int code = cuda.query(sum->done), reported = 0;
    if (code != cudaErrorNotReady) {
      failure = cuda_failure(code);
      break;
    }
    // "Not ready" counts as an error, which libtorch would find after it starts its next kernel.
    cuda.last_error();
    failure = nccl_failure(nccl.async_error(group->communicator, &reported));
    if (!failure) failure = nccl_failure(reported);
    if (failure) give_up(group);
    nanosleep(&pause, NULL);
  }
  cuda.destroy_event(sum->done);
  free(sum);
  return failure;
}

#endif
