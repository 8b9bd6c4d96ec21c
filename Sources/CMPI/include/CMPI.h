// The few calls of MPI that a run needs, so that its macros and handles stay in C.
//
// One thread at a time may call. Functions return 0, a code for `cmpi_describe`, or CMPIAbandoned.
#pragma once

#include <stddef.h>

#include "CNCCL.h"

enum { CMPIAbandoned = -1 };

// Joins the run's processes, of which there are `count`; this one is `rank`.
int cmpi_begin(int *_Nonnull rank, int *_Nonnull count);
// Leaves them, when all have come so far.
int cmpi_end(void);
// Ends all of them, at once.
void cmpi_abort(int status);

// Overwrites values with their sums over all processes.
int cmpi_sum_floats(float *_Nonnull values, size_t count);
int cmpi_sum_doubles(double *_Nonnull values, size_t count);
// Overwrites bytes with those of process 0.
int cmpi_broadcast(void *_Nonnull bytes, size_t count);
// Puts the bytes of all processes one behind the other, on each of them. `counts` says how many each
// gives.
int cmpi_gather(const void *_Nonnull bytes, void *_Nonnull all, const int *_Nonnull counts, int processes);

// Makes whoever waits for other processes, now or later, return CMPIAbandoned. Any thread may call it.
// The engine is of no use any more.
void cmpi_abandon(void);

// Puts the meaning of a code into `text`.
void cmpi_describe(int code, char *_Nonnull text, size_t size);
