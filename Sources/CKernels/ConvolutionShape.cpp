#include "ConvolutionShape.h"

#include <limits>

#include "DepthwiseConvolution.h"
#include "WinogradConvolution.h"

namespace ck {

namespace {

// Positions are stored in 16 bits, and what is added to them or multiplied with one of them stays within 32.
constexpr int longestSide = std::numeric_limits<int16_t>::max();

ck_status checkMap(const ck_map &map) {
  const bool isKnown = map.element == CK_FLOAT32 || map.element == CK_BFLOAT16 || map.element == CK_UINT8;
  if (!isKnown || map.channels < 1 || map.height < 1 || map.width < 1 || map.before < 0 || map.after < 0)
    return CK_INVALID_SHAPE;
  if (map.element == CK_UINT8 && !(map.scale > 0)) return CK_INVALID_SHAPE;
  if (map.is_channels_last && (map.before > 0 || map.after > 0 || map.channels % blockChannels(map.element) != 0))
    return CK_INVALID_SHAPE;
  for (const int length : {map.channels, map.height, map.width, map.before, map.after})
    if (length > longestSide) return CK_TOO_LARGE;
  return CK_SUCCESS;
}

// Whether the window stays within the input's border.
bool windowFits(const ck_convolution_shape &shape) {
  const auto ends = [&](int output, int input) {
    return int64_t(output - 1) * shape.stride + int64_t(shape.kernel - 1) * shape.dilation - shape.padding
      < int64_t(input) + shape.input.after;
  };
  return shape.padding <= shape.input.before && ends(shape.output.height, shape.input.height)
    && ends(shape.output.width, shape.input.width);
}

bool segmentsFit(const ck_convolution_shape &shape) {
  if (shape.segment_count == 0) return true;
  if (shape.segment_count < 0 || shape.segment_count > 2) return false;
  int sum = 0;
  for (int segment = 0; segment < shape.segment_count; segment++) {
    if (shape.segments[segment] < 0) return false;
    sum += shape.segments[segment];
  }
  return sum == shape.output.channels && shape.activation == CK_NO_ACTIVATION;
}

bool poolFits(const ck_convolution_shape &shape) {
  const auto isHalf = [](int half, int whole) { return half >= 1 && (half == whole / 2 || half == (whole + 1) / 2); };
  const ck_map &output = shape.output, &pooled = shape.pooled;
  return shape.algorithm != CK_DIRECT && shape.dilation == 1 && shape.segment_count == 0
    && pooled.channels == output.channels && isHalf(pooled.height, output.height)
    && isHalf(pooled.width, output.width)
    // The groups of sixteen channels are the output's.
    && quotientRoundedUp(pooled.channels, blockChannels(pooled.element)) * blockChannels(pooled.element)
    == quotientRoundedUp(output.channels, blockChannels(output.element)) * blockChannels(output.element)
    && (!shape.keeps_output || pooled.element == output.element);
}

bool algorithmFits(const ck_convolution_shape &shape, const KernelTable &kernels) {
  const bool isBytes = shape.input.element == CK_UINT8;
  switch (shape.algorithm) {
    case CK_DIRECT: return DepthwiseConvolution::suits(shape) || kernels.tile[Operand(shape.input.element)] != nullptr;
    case CK_WINOGRAD_2:
    case CK_WINOGRAD_4:
    case CK_WINOGRAD_6:
      return shape.kernel == 3 && shape.stride == 1 && shape.groups == 1 && !shape.input_is_image
        && !(isBytes && shape.algorithm == CK_WINOGRAD_6)
        && kernels.tile[isBytes ? CK_INT16_OPERAND : Operand(shape.input.element)] != nullptr;
  }
  return false;
}

}  // namespace

ck_status checkShape(const ck_convolution_shape &shape, const KernelTable &kernels) {
  for (const ck_map *map : {&shape.input, &shape.output, shape.has_pool ? &shape.pooled : &shape.output})
    if (const ck_status status = checkMap(*map); status != CK_SUCCESS) return status;
  if (
    shape.kernel < 1 || shape.stride < 1 || shape.dilation < 1 || shape.padding < 0 || shape.tiles < 0
    || shape.input.is_channels_last || shape.activation < CK_NO_ACTIVATION || shape.activation > CK_HARD_SIGMOID)
    return CK_INVALID_SHAPE;
  for (const int length : {shape.kernel, shape.stride, shape.dilation})
    if (length > longestSide) return CK_TOO_LARGE;
  const bool hasGroups = shape.input.channels % shape.groups == 0 && shape.output.channels % shape.groups == 0;
  const bool isSoundImage =
    !shape.input_is_image || (shape.input.channels == 3 && shape.groups == 1 && shape.input.element != CK_UINT8);
  if (
    !hasGroups || !isSoundImage || !windowFits(shape) || !segmentsFit(shape) || (shape.has_pool && !poolFits(shape))
    || !algorithmFits(shape, kernels))
    return CK_INVALID_SHAPE;

  // Steps count from a pixel to the last tap's last block, and from a panel's first weight to its last.
  const int64_t side = std::max(shape.input.height, shape.input.width) + shape.input.before + shape.input.after;
  const int64_t blocks = quotientRoundedUp(shape.input.channels, blockChannels(shape.input.element));
  const int64_t taps = int64_t(shape.kernel) * shape.kernel;
  if (side * side > INT32_MAX / (blocks * blockBytes)) return CK_TOO_LARGE;
  if (taps > INT32_MAX / (blocks * blockBytes * mostLanes)) return CK_TOO_LARGE;
  return shape.algorithm == CK_DIRECT ? CK_SUCCESS : WinogradConvolution::check(shape);
}

}  // namespace ck
