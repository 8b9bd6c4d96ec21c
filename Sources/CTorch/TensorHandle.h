#pragma once

#include <ATen/core/Tensor.h>

#include "include/CTorch.h"

struct CTorchTensor {
  at::Tensor value;
};

namespace ctorch {

inline CTorchTensor *handle(at::Tensor tensor) { return new CTorchTensor{std::move(tensor)}; }

}  // namespace ctorch
