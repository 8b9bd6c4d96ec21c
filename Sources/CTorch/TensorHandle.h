#pragma once

#if !__has_include(<ATen/core/Tensor.h>)
#error "libtorch is missing: run `make setup` (or `LIBTORCH=/path/to/libtorch make setup`) first"
#endif

#include <ATen/core/Tensor.h>

#include "include/CTorch.h"

struct CTorchTensor {
  at::Tensor value;
};

namespace ctorch {

inline CTorchTensor *handle(at::Tensor tensor) { return new CTorchTensor{std::move(tensor)}; }

}  // namespace ctorch
