#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Compares every kernel with the definition; prints and counts those that are too far off.
int32_t kernel_stress_failures(void);

#ifdef __cplusplus
}
#endif
