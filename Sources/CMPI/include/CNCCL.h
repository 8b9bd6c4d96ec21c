// Sums over GPUs by NCCL, which is opened at run time, as CUDA is: one program serves machines with and
// without GPUs. Declared here because nobody should need NCCL's or CUDA's headers.
//
// Functions return NULL or what went wrong, a text that lives for ever. Not all threads at once.
#pragma once

#include <stddef.h>

enum { CNCCLIdentifierSize = 128 };

typedef struct CNCCLGroup CNCCLGroup;
typedef struct CNCCLSum CNCCLSum;

// A new group's name, to be handed to all of its processes.
const char *_Nullable cnccl_identifier(void *_Nonnull identifier);
// Joins a group, with a GPU of this machine; returns when all processes have.
const char *_Nullable cnccl_join(
  const void *_Nonnull identifier, int rank, int count, int device, CNCCLGroup *_Nullable *_Nonnull group);
// Begins to overwrite values in the GPU's memory with their sums over the group, after what the default
// stream has been given so far.
const char *_Nullable cnccl_start_sum(
  CNCCLGroup *_Nonnull group, float *_Nonnull values, size_t count, CNCCLSum *_Nullable *_Nonnull sum);
// Waits for a sum and forgets it. Once `cmpi_abandon` was called, it gives up: the group is then of no
// use, and `abandoned` is 1.
const char *_Nullable cnccl_finish(CNCCLGroup *_Nonnull group, CNCCLSum *_Nonnull sum, int *_Nonnull abandoned);
