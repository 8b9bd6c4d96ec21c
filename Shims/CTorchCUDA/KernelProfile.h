#pragma once

#include <cstdint>

namespace ctorch {

/// How long kernels ran, as CUPTI saw it.
struct KernelProfile {
  /// The union of the kernels' intervals: what overlaps counts once.
  double seconds = 0;
  int64_t count = 0;

  static void begin();
  /// - Returns: what ran since `begin`.
  static KernelProfile end();
};

}  // namespace ctorch
