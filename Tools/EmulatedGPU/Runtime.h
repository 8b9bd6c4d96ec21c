// What CUDA's runtime does, for the library of its name. Functions return one of its error codes, 0 for none.
#pragma once

#include "Exported.h"

EXPORTED int emulated_set_device(int device);
EXPORTED int emulated_stream_create(void **stream);
EXPORTED int emulated_stream_wait(void *stream, void *event);
EXPORTED int emulated_event_create(void **event);
EXPORTED int emulated_event_destroy(void *event);
/// The default stream is null.
EXPORTED int emulated_event_record(void *event, void *stream);
EXPORTED int emulated_event_query(void *event);
/// Forgets it.
EXPORTED int emulated_last_error();
EXPORTED const char *emulated_error_string(int error);
