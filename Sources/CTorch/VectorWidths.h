#pragma once

// One copy of a function for each width of vectors, chosen when the program starts.
#if defined(__x86_64__) && defined(__clang__)
#define CTORCH_FOR_EACH_WIDTH \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CTORCH_FOR_EACH_WIDTH
#endif
#define CTORCH_INLINE inline __attribute__((always_inline))
