#pragma once

#include <stdatomic.h>

// Whether nobody should wait for other processes any more.
extern atomic_int cmpi_is_abandoned;

static inline int is_abandoned(void) { return atomic_load_explicit(&cmpi_is_abandoned, memory_order_relaxed); }
