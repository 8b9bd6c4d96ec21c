// Operators that libtorch has only in parts: a convolution that ends in a ReLU, a ReLU that ends in a 2x2 pooling, and
// the normalisation of conv4_3. Between the parts, libtorch writes and reads the largest maps of the network once more,
// and again for the gradients. Results and gradients of the first two are the same, bit for bit, except where a
// convolution in bfloat16 is Winograd's.

#include <algorithm>
#include <array>

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/add.h>
#include <ATen/ops/div.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "ChannelNormalization.h"
#include "RectifiedPooling.h"
#include "WinogradConvolution.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool is_channels_last(const Tensor &tensor) {
  return tensor.device().is_cpu() && tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
}

// libtorch's own typed access has names that differ from compiler to compiler.

template <typename Element>
const Element *read(const Tensor &tensor) {
  return static_cast<const Element *>(tensor.const_data_ptr());
}

template <typename Element>
Element *write(const Tensor &tensor) {
  return static_cast<Element *>(tensor.mutable_data_ptr());
}

// Convolution, and ReLU.

/// oneDNN's convolution; the ReLU, if any, is applied while a tile is still in the cache.
Tensor onednn_conv2d(
    const Tensor &input, const Tensor &weight, const std::optional<Tensor> &bias,
    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool rectifies) {
  using Signature = Tensor(
      const Tensor &, const Tensor &, const std::optional<Tensor> &, at::IntArrayRef,
      at::IntArrayRef, at::IntArrayRef, int64_t, std::string_view,
      c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto convolution = c10::Dispatcher::singleton()
                                      .findSchemaOrThrow("mkldnn::_convolution_pointwise", "")
                                      .typed<Signature>();
  return convolution.call(
      input, weight, bias, padding, stride, dilation, 1, rectifies ? "relu" : "none",
      c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

struct Convolution : torch::autograd::Function<Convolution> {
  /// `exact_weight` and `exact_bias` are what `weight` and `bias` were before they were cast, if they were.
  static Tensor forward(
      AutogradContext *context, const Tensor &input, const Tensor &weight, const Tensor &bias,
      const Tensor &exact_weight, const Tensor &exact_bias, std::vector<int64_t> stride,
      std::vector<int64_t> padding, std::vector<int64_t> dilation, bool rectifies) {
    const bool is_winograd = ctorch::suits_winograd(input, weight, stride, padding, dilation);
    std::optional<Tensor> output;
    if (is_winograd) {
      output = ctorch::winograd_convolution(input, exact_weight, exact_bias, rectifies);
      if (!output) {
        // oneDNN's own ReLU makes zeros of what is not a number.
        output = onednn_conv2d(input, weight, bias, stride, padding, dilation, false);
        if (rectifies) output->relu_();
      }
    } else {
      output = onednn_conv2d(input, weight, bias, stride, padding, dilation, rectifies);
    }
    context->save_for_backward(
        {input, weight, is_winograd ? exact_weight : Tensor(), rectifies ? *output : Tensor()});
    context->saved_data["stride"] = std::move(stride);
    context->saved_data["padding"] = std::move(padding);
    context->saved_data["dilation"] = std::move(dilation);
    return *output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &weight = saved[1], &exact_weight = saved[2], &output = saved[3];
    Tensor gradient = std::move(gradients[0]);
    gradients.clear();
    if (output.defined()) gradient = rectified_gradient(std::move(gradient), output);
    const bool wants_input = context->needs_input_grad(0);
    std::optional<Tensor> of_input;
    if (wants_input && exact_weight.defined() && is_channels_last(gradient)) {
      of_input = ctorch::winograd_input_gradient(gradient, exact_weight);
    }
    auto [direct_of_input, of_weight, of_bias] = at::convolution_backward(
        gradient, input, weight, std::array<int64_t, 1>{weight.size(0)},
        context->saved_data["stride"].toIntVector(), context->saved_data["padding"].toIntVector(),
        context->saved_data["dilation"].toIntVector(), /*transposed=*/false,
        /*output_padding=*/{0, 0}, /*groups=*/1,
        {wants_input && !of_input, context->needs_input_grad(1), context->needs_input_grad(2)});
    return {of_input.value_or(direct_of_input), of_weight, of_bias, Tensor(), Tensor(), Tensor(),
            Tensor(), Tensor(), Tensor()};
  }

 private:
  static Tensor rectified_gradient(Tensor gradient, const Tensor &output) {
    // In place, where nobody else can see it.
    if (gradient.use_count() == 1 && gradient.storage().use_count() == 1 &&
        is_channels_last(gradient) && gradient.is_non_overlapping_and_dense()) {
      return at::threshold_backward_out(gradient, gradient, output, 0);
    }
    return at::threshold_backward(gradient, output, 0);
  }
};

/// As `aten::conv2d`, and `aten::relu` after it if `rectifies`; under autocast as well.
Tensor conv2d(
    const Tensor &input, const Tensor &weight, const Tensor &bias, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool rectifies) {
  const auto device = input.device().type();
  const bool casts = at::autocast::is_autocast_enabled(device);
  const auto type = casts ? at::autocast::get_autocast_dtype(device) : input.scalar_type();
  if (type != at::kBFloat16 || !is_channels_last(input)) {
    Tensor output = at::conv2d(input, weight, bias, stride, padding, dilation);
    return rectifies ? at::relu_(output) : output;
  }
  c10::impl::ExcludeDispatchKeyGuard once(c10::DispatchKey::AutocastCPU);
  auto cast = [&](const Tensor &tensor) {
    return casts ? at::autocast::cached_cast(type, tensor, device) : tensor;
  };
  return Convolution::apply(
      cast(input), cast(weight), cast(bias), weight.detach(), bias.detach(), stride.vec(),
      padding.vec(), dilation.vec(), rectifies);
}

// ReLU and pooling.

struct ReluMaxPool : torch::autograd::Function<ReluMaxPool> {
  static Tensor forward(AutogradContext *context, const Tensor &input, bool rounds_up) {
    const int64_t extra = rounds_up ? 1 : 0;
    Tensor output = at::empty(
        {input.size(0), input.size(1), (input.size(2) + extra) / 2, (input.size(3) + extra) / 2},
        input.options().memory_format(at::MemoryFormat::ChannelsLast));
    Tensor places = at::empty(
        output.sizes(),
        output.options().dtype(at::kByte).memory_format(at::MemoryFormat::ChannelsLast));
    const ctorch::PoolingShape shape(input, output);
    if (input.scalar_type() == at::kBFloat16) {
      ctorch::rectified_pooling(
          shape, read<uint16_t>(input), write<uint16_t>(output), write<uint8_t>(places));
    } else {
      ctorch::rectified_pooling(
          shape, read<float>(input), write<float>(output), write<uint8_t>(places));
    }
    context->save_for_backward({places});
    context->saved_data["sizes"] = input.sizes().vec();
    return output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const Tensor places = context->get_saved_variables()[0];
    const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    Tensor result = at::empty(
        context->saved_data["sizes"].toIntVector(),
        gradient.options().memory_format(at::MemoryFormat::ChannelsLast));
    const ctorch::PoolingShape shape(result, gradient);
    if (gradient.scalar_type() == at::kBFloat16) {
      ctorch::rectified_pooling_gradient(
          shape, read<uint16_t>(gradient), read<uint8_t>(places), write<uint16_t>(result));
    } else {
      ctorch::rectified_pooling_gradient(
          shape, read<float>(gradient), read<uint8_t>(places), write<float>(result));
    }
    return {result, Tensor()};
  }
};

/// As `aten::relu` and a 2x2 `aten::max_pool2d` of stride 2 one after the other.
Tensor relu_max_pool2d(const Tensor &input, bool rounds_up) {
  const auto type = input.scalar_type();
  if ((type != at::kBFloat16 && type != at::kFloat) || !is_channels_last(input)) {
    // The other way round it is the same, gradients too, and the ReLU has a fourth of the elements.
    Tensor pooled = at::max_pool2d(input, {2, 2}, {2, 2}, {0, 0}, {1, 1}, rounds_up);
    return at::relu_(pooled);
  }
  return ReluMaxPool::apply(input, rounds_up);
}

// Normalisation.

struct NormalizeChannels : torch::autograd::Function<NormalizeChannels> {
  static Tensor forward(
      AutogradContext *context, const Tensor &input, const Tensor &factors, double epsilon) {
    Tensor output = at::empty_like(input);
    const Tensor scale = factors.contiguous();
    Tensor inverse_lengths =
        at::empty({input.numel() / input.size(1)}, scale.options());
    ctorch::normalize_channels(
        read<uint16_t>(input), read<float>(scale), inverse_lengths.numel(), input.size(1),
        static_cast<float>(epsilon), write<uint16_t>(output), write<float>(inverse_lengths));
    context->save_for_backward({input, scale, inverse_lengths});
    return output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &scale = saved[1], &inverse_lengths = saved[2];
    const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    Tensor of_input = at::empty_like(input);
    Tensor of_factors = at::zeros_like(scale);
    ctorch::normalize_channels_gradient(
        read<uint16_t>(input), read<float>(scale), read<float>(inverse_lengths),
        read<uint16_t>(gradient), inverse_lengths.numel(), input.size(1),
        write<uint16_t>(of_input), write<float>(of_factors));
    return {of_input, of_factors, Tensor()};
  }
};

/// Divides each position's channels by their Euclidean length and multiplies them by their factors, (1, channels, 1, 1).
Tensor normalize_channels(const Tensor &input, const Tensor &factors, double epsilon) {
  if (input.scalar_type() == at::kBFloat16 && is_channels_last(input)) {
    return NormalizeChannels::apply(input, factors, epsilon);
  }
  const Tensor values = input.to(at::kFloat);
  const Tensor squares = at::sum(values * values, {1}, /*keepdim=*/true);
  return values / at::sqrt(squares + epsilon) * factors;
}

}  // namespace

TORCH_LIBRARY(ssd, library) {
  library.def(
      "conv2d(Tensor input, Tensor weight, Tensor bias, int[] stride, int[] padding, int[] dilation, bool rectifies) -> Tensor",
      torch::dispatch(c10::DispatchKey::CompositeImplicitAutograd, TORCH_FN(conv2d)));
  library.def(
      "relu_max_pool2d(Tensor input, bool rounds_up) -> Tensor",
      torch::dispatch(c10::DispatchKey::CompositeImplicitAutograd, TORCH_FN(relu_max_pool2d)));
  library.def(
      "normalize_channels(Tensor input, Tensor factors, float epsilon) -> Tensor",
      torch::dispatch(c10::DispatchKey::CompositeImplicitAutograd, TORCH_FN(normalize_channels)));
}
