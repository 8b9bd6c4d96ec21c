// 3x3 convolutions of bfloat16 tensors by detection's kernels, with fewer multiplications than oneDNN's.
#pragma once

#include <optional>

#include <ATen/core/Tensor.h>

namespace ctorch {

/// Whether `winograd_convolution` and `winograd_input_gradient` are for such a convolution, and faster than oneDNN.
bool suits_winograd(
    const at::Tensor &input, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation);

/// A convolution with padding 1, and a ReLU if `rectifies`; nothing where a weight is not finite. `weight` and `bias`
/// may be of any floating type; those in float32 are rounded only once, after their transform.
std::optional<at::Tensor> winograd_convolution(
    const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias, bool rectifies);

/// The gradient of the input, for that of the output; nothing where a weight is not finite.
std::optional<at::Tensor> winograd_input_gradient(const at::Tensor &gradient, const at::Tensor &weight);

}  // namespace ctorch
