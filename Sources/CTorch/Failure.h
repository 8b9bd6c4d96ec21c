#pragma once

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include <c10/util/Exception.h>

#include "include/CTorch.h"

namespace ctorch {

inline CTorchMessage message(const std::string &text) { return strdup(text.c_str()); }

/// Runs `body` and turns whatever it throws into a message that begins with `context()`.
template <typename Context, typename Body>
CTorchMessage guarded(Context context, Body body) noexcept {
  try {
    try {
      body();
      return nullptr;
    } catch (const c10::Error &error) {
      return message(context() + error.what_without_backtrace());
    } catch (const std::exception &error) {
      return message(context() + error.what());
    } catch (...) {
      return message(context() + "libtorch threw something that is no exception");
    }
  } catch (...) {
    return strdup("libtorch failed, and so did describing the failure");
  }
}

template <typename Body>
CTorchMessage guarded(Body body) noexcept {
  return guarded([] { return std::string(); }, body);
}

}  // namespace ctorch
