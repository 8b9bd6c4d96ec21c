#ifdef SSD_DISTRIBUTED

#if __has_include(<mpi.h>)
#include <mpi.h>
#elif __has_include(<mpi/mpi.h>)
#include <mpi/mpi.h>
#else
#error "the trait Distributed needs an MPI: on Debian, apt-get install libopenmpi-dev openmpi-bin"
#endif

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "Abandonment.h"
#include "include/CMPI.h"

atomic_int cmpi_is_abandoned;

int cmpi_begin(int *rank, int *count) {
  int provided;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
  if (code) return code;
  if (provided < MPI_THREAD_SERIALIZED) return MPI_ERR_UNSUPPORTED_OPERATION;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
  return code ? code : MPI_Comm_size(MPI_COMM_WORLD, count);
}

int cmpi_end(void) { return MPI_Finalize(); }

void cmpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

// MPI's own waiting would take a processor from the backward pass, and never end when another process
// is gone.
static int finish(MPI_Request *request) {
  enum { attempts = 200 };
  const struct timespec pause = {.tv_nsec = 20000};
  for (int attempt = 0;; ++attempt) {
    int done, code = MPI_Test(request, &done, MPI_STATUS_IGNORE);
    if (code || done) return code;
    if (is_abandoned()) return CMPIAbandoned;
    if (attempt < attempts) {
      sched_yield();
    } else {
      nanosleep(&pause, NULL);
    }
  }
}

static int sum(void *values, size_t count, MPI_Datatype type) {
  if (is_abandoned()) return CMPIAbandoned;
  if (count > INT_MAX) return MPI_ERR_COUNT;
  MPI_Request request;
  int code = MPI_Iallreduce(MPI_IN_PLACE, values, (int)count, type, MPI_SUM, MPI_COMM_WORLD, &request);
  return code ? code : finish(&request);
}

int cmpi_sum_floats(float *values, size_t count) { return sum(values, count, MPI_FLOAT); }

int cmpi_sum_doubles(double *values, size_t count) { return sum(values, count, MPI_DOUBLE); }

int cmpi_broadcast(void *bytes, size_t count) {
  if (is_abandoned()) return CMPIAbandoned;
  if (count > INT_MAX) return MPI_ERR_COUNT;
  MPI_Request request;
  int code = MPI_Ibcast(bytes, (int)count, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
  return code ? code : finish(&request);
}

int cmpi_gather(const void *bytes, void *all, const int *counts, int processes) {
  if (is_abandoned()) return CMPIAbandoned;
  int rank, code = MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (code) return code;
  int *places = malloc(sizeof(int) * (size_t)processes);
  if (!places) return MPI_ERR_NO_MEM;
  long long end = 0;
  for (int process = 0; process < processes; ++process) {
    places[process] = (int)end;
    end += counts[process];
  }
  MPI_Request request;
  code = end > INT_MAX
    ? MPI_ERR_COUNT
    : MPI_Iallgatherv(bytes, counts[rank], MPI_BYTE, all, counts, places, MPI_BYTE, MPI_COMM_WORLD, &request);
  if (!code) code = finish(&request);
  // Where the call was abandoned, MPI still reads them.
  if (code != CMPIAbandoned) free(places);
  return code;
}

void cmpi_abandon(void) { atomic_store_explicit(&cmpi_is_abandoned, 1, memory_order_relaxed); }

void cmpi_describe(int code, char *text, size_t size) {
  char message[MPI_MAX_ERROR_STRING] = "";
  int length;
  MPI_Error_string(code, message, &length);
  snprintf(text, size, "%s", message);
}

#endif
