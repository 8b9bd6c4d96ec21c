// Cairo and Pango, opened when something is drawn for the first time. With all that they need they are some thirty
// libraries; a program that draws nothing does not wait for them, and runs where they are missing.

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

// Pango itself must go on finding Cairo's own functions, not the ones here.
#pragma GCC visibility push(hidden)
#include "CCairo.h"

#ifdef __APPLE__
#define LIBRARY "libpangocairo-1.0.0.dylib"
#else
#define LIBRARY "libpangocairo-1.0.so.0"
#endif

#define FORWARD(result, name, parameters, ...) static void *name##_function;
#include "Functions.h"
#undef FORWARD

#define FORWARD(result, name, parameters, ...) {#name, &name##_function},
static const struct {
  const char *name;
  void **function;
} functions[] = {
#include "Functions.h"
};
#undef FORWARD

static const char *failure;

static const char *error(void) {
  const char *text = dlerror();
  text = text ? strdup(text) : NULL;
  return text ? text : LIBRARY " cannot be opened";
}

static void open_library(void) {
  // Looking a name up includes the libraries that this one needs: Cairo, Pango and GObject.
  void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    failure = error();
    return;
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i) {
    *functions[i].function = dlsym(library, functions[i].name);
    if (!*functions[i].function) {
      failure = error();
      return;
    }
  }
}

const char *ccairo_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return failure;
}

#define FORWARD(result, name, parameters, ...) \
  result name parameters { return ((__typeof__(&name))name##_function)(__VA_ARGS__); }
#include "Functions.h"

#pragma GCC visibility pop
