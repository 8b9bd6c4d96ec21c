#include "WinogradConvolution.h"

#include <algorithm>
#include <memory>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include "CKernels.h"
#include "Parallel.h"

namespace {

using at::Tensor;

constexpr ck_instruction_set instructions = CK_AVX512_BF16;

/// F(2x2) multiplies 4/9 as often as the definition, and its results are off by 0.46 % where those of oneDNN are by
/// 0.29 %, the rounding of input and output included. F(4x4) would multiply 1/4 as often and be off by 1.2 %.
constexpr ck_algorithm algorithm = CK_WINOGRAD_2;

template <auto destroy>
struct Destroying {
  template <typename Object>
  void operator()(Object *object) const { destroy(object); }
};

using Threads = std::unique_ptr<ck_threads, Destroying<ck_threads_destroy>>;
using Convolution = std::unique_ptr<ck_convolution, Destroying<ck_convolution_destroy>>;

/// libtorch's own threads: others would compete with them.
Threads libtorch_threads() {
  return Threads(ck_threads_borrow(
      at::get_num_threads(), [](ck_thread_function function, const void *body, int32_t count) {
        ctorch::parallel_for(count, 1, [&](int64_t first, int64_t last) {
          for (int64_t thread = first; thread < last; thread++) function(body, int32_t(thread));
        });
      }));
}

Tensor bytes(size_t count) { return at::empty({int64_t(count)}, at::kByte); }

/// A tensor's channels-last map.
ck_map map_of(const Tensor &tensor) {
  return {CK_BFLOAT16, int32_t(tensor.size(1)), int32_t(tensor.size(2)), int32_t(tensor.size(3)), 0, 0, 1, true};
}

/// By how much the last tile reaches beyond the map.
int32_t missing(int32_t size) { return (algorithm - size % algorithm) % algorithm; }

/// A convolution of (outputs, inputs, 3, 3) contiguous float32 weights.
std::optional<Tensor> convolution(
    const Tensor &input, const Tensor &weight, const Tensor &bias, bool rectifies) {
  const int32_t images = int32_t(input.size(0));
  Tensor output = at::empty(
      {images, weight.size(0), input.size(2), input.size(3)},
      input.options().memory_format(at::MemoryFormat::ChannelsLast));
  const ck_map given = map_of(input);
  ck_convolution_shape shape{};
  shape.input = given;
  shape.input.is_channels_last = false;
  shape.input.before = 1;
  shape.input.after = 1 + std::max(missing(given.height), missing(given.width));
  shape.output = map_of(output);
  shape.kernel = 3;
  shape.stride = shape.dilation = shape.padding = 1;
  shape.activation = rectifies ? CK_RELU : CK_NO_ACTIVATION;
  shape.algorithm = algorithm;

  const Threads threads = libtorch_threads();
  const float *weights = static_cast<const float *>(weight.const_data_ptr());
  ck_convolution *made = nullptr;
  if (ck_convolution_create(&shape, static_cast<const float *>(bias.const_data_ptr()), instructions, &made) != CK_SUCCESS)
    return std::nullopt;
  const Convolution convolution(made);
  const Tensor packed = bytes(ck_convolution_weight_bytes(convolution.get()));
  if (!ck_convolution_pack(convolution.get(), &weights, packed.mutable_data_ptr(), threads.get())) return std::nullopt;
  const Tensor source = bytes(ck_map_bytes(&shape.input) * size_t(images));
  const Tensor scratch = bytes(ck_convolution_scratch(convolution.get(), images, ck_threads_count(threads.get()), false));
  ck_map_load(&given, &shape.input, images, input.const_data_ptr(), source.mutable_data_ptr(), threads.get());
  ck_convolution_run_arguments arguments{};
  arguments.images = images;
  arguments.input = source.const_data_ptr();
  arguments.output = output.mutable_data_ptr();
  arguments.scratch = scratch.mutable_data_ptr();
  ck_convolution_run(convolution.get(), &arguments, threads.get());
  return output;
}

Tensor contiguous_floats(const Tensor &tensor) {
  return tensor.to(at::kFloat).contiguous(at::MemoryFormat::Contiguous);
}

bool are_all(at::IntArrayRef numbers, int64_t number) {
  return std::all_of(numbers.begin(), numbers.end(), [=](int64_t each) { return each == number; });
}

}  // namespace

namespace ctorch {

bool suits_winograd(
    const Tensor &input, const Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation) {
  static const bool is_available = ck_instruction_set_is_available(instructions);
  // A block has 32 channels. With fewer than 64 the transforms cost more than the multiplications they save.
  const auto suits = [](int64_t channels) { return channels % 32 == 0 && channels >= 64; };
  return is_available && input.device().is_cpu() && input.scalar_type() == at::kBFloat16 &&
      input.is_contiguous(at::MemoryFormat::ChannelsLast) && weight.size(2) == 3 && weight.size(3) == 3 &&
      suits(weight.size(0)) && suits(weight.size(1)) && are_all(stride, 1) && are_all(padding, 1) &&
      are_all(dilation, 1);
}

std::optional<Tensor> winograd_convolution(
    const Tensor &input, const Tensor &weight, const Tensor &bias, bool rectifies) {
  return convolution(input, contiguous_floats(weight), contiguous_floats(bias), rectifies);
}

std::optional<Tensor> winograd_input_gradient(const Tensor &gradient, const Tensor &weight) {
  // Every tap goes back where it came from.
  const Tensor reversed = contiguous_floats(weight.transpose(0, 1).flip({2, 3}));
  return convolution(gradient, reversed, at::zeros({reversed.size(0)}, reversed.options()), false);
}

}  // namespace ctorch
