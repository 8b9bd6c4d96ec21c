#pragma once

#include <stdatomic.h>

// Whether nobody should wait for other processes any more.
extern atomic_int cmpi_is_abandoned;
