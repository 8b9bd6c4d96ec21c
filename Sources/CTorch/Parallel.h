#pragma once

#include <cstdint>

#include <c10/util/FunctionRef.h>

namespace ctorch {

/// Calls body(begin, end) for 0 ..< count in as many parts as libtorch has threads, fewer where parts would be shorter
/// than `grain`, on those threads.
///
/// `at::parallel_for` is a template that expects OpenMP of whoever compiles it; without, it is a plain loop.
void parallel_for(int64_t count, int64_t grain, c10::function_ref<void(int64_t begin, int64_t end)> body);

}  // namespace ctorch
