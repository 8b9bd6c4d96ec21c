// What an instruction set has to offer: the loops in which the time goes. Everything around them (which tile comes
// next, on which thread, from where to where) is written once, in the files named after the algorithms.
//
// An instruction set is one file: it says how many lanes its vectors have, brings its micro-kernels and its
// conversions, includes VectorKernels.inc for the rest, and fills in this table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "CKernels.h"

namespace ck {

class Threads;

// Channels that are stored together: a quarter of a block of bytes, half a block of bfloat16.
constexpr int groupChannels = 16;

using Operand = ck_operand;
constexpr int operandCount = 4;

constexpr int operandBytes(Operand operand) {
  return operand == CK_FLOAT32_OPERAND ? 4 : operand == CK_INT8_OPERAND ? 1 : 2;
}

// One step through a convolution's sum: where a block of channels of one tap lies, relative to the first pixel, and
// where its weights lie, relative to the panel's; in bytes.
struct Step {
  int32_t input, weights;
};

// A run of multiply-adds: `pixels` neighbours times a panel of output channels.
struct TileArguments {
  // The first pixel, and the distance of pixels in bytes.
  const uint8_t *input;
  size_t pixelDistance;
  const Step *steps;
  int stepCount;
  // Groups of four bytes of channels in each step.
  int depth;
  // For every step and depth, four bytes of weights for each lane of the panel.
  const uint8_t *weights;
  // Weights to prefetch meanwhile: where they begin, and by how many bytes each depth advances in them.
  const uint8_t *prefetch;
  ptrdiff_t prefetchStep;
  // Sums, float32: `lanes` a pixel.
  float *output;
  int pixels, lanes;
};

using TileKernel = void (*)(const TileArguments &);
using SpinKernel = int (*)(int64_t turns);

// Where sixteen channels of an output go: (y, x) lies at data + y * row + x * pixel.
struct Destination {
  uint8_t *data = nullptr;
  size_t row = 0, pixel = 0;
  ck_element element = CK_FLOAT32;
  // Fewer than sixteen at the end of a matrix.
  int lanes = groupChannels;
  // Of bytes.
  float inverseScale = 1;
};

// What happens to sixteen channels' sums on their way to memory: sum * factor + bias, then the activation.
struct Epilogue {
  const float *factors, *biases;
  ck_activation activation;
};

// A row of finished sums.
struct StoreArguments {
  const float *sums;
  // In floats.
  size_t pixelDistance;
  int pixels, y, x;
  Destination destination;
  Epilogue epilogue;
};

// Tiles of the input whose transforms are wanted.
struct InputTransformArguments {
  const uint8_t *input;
  // Of every tile's first pixel, in bytes.
  const int32_t *offsets;
  int tiles;
  size_t row, pixel;
  uint8_t *output;
  // The distance of a tile's elements.
  size_t elementDistance;
  // Whether to prefetch what the next tile reads and writes.
  bool prefetches;
};

// The first output pixel of a tile.
struct TileOrigin {
  int16_t y, x;
};

// Sums in the transformed domain, for sixteen channels.
struct OutputTransformArguments {
  const float *sums;
  // Of tiles and of a tile's elements, in floats.
  size_t tileDistance, elementDistance;
  const TileOrigin *origins;
  int tiles;
  // The distance of a tile's neighbouring pixels.
  int dilation;
  int height, width;
  Destination destination;
  // data is null without a pool. Its size says whether the maximum of an odd last row or column is wanted.
  Destination pooled;
  int pooledHeight, pooledWidth;
  Epilogue epilogue;
};

// A panel's kernels 3x3 into the transformed domain.
struct WeightTransformArguments {
  // (inputs, 3, 3, lanes)
  const float *weights;
  int inputs, lanes;
  uint8_t *output;
  size_t elementDistance;
  // Of int16: what a lane's sums are multiplied with is multiplied with what a step of them is worth.
  float *factors;
};

// Winograd's F(m x m, 3 x 3) for one type of input. A tile's transforms are listed by its height and width in outputs:
// 2, 4, 6 as far as m.
struct WinogradKernels {
  void (*input[3][3])(const InputTransformArguments &);
  void (*output[3][3])(const OutputTransformArguments &);
  void (*weights)(const WeightTransformArguments &);
};

// Up to sixteen rows of a matrix, (count, length), which become sixteen columns; those beyond the last row are zero.
struct TransposeArguments {
  const float *rows;
  int count;
  // Of a row, and from row to row of the result.
  size_t length, distance;
  float *columns;
};

// A row of pixels to read: channel c of pixel x lies in block c / (channels of a block), x * pixel bytes further.
struct SourceRow {
  const uint8_t *data;
  size_t block, pixel;
  int blocks;
  ck_element element;
  // Of uint8.
  float scale;
};

// A row of pixels to write. All channels of its blocks are written, those beyond the map's as zero.
struct TargetRow {
  uint8_t *data;
  size_t block, pixel;
  int blocks, channels;
  ck_element element;
  float inverseScale;
};

// A row of maxima, of one block of output channels.
struct PoolArguments {
  // The map's first row, and the distance of its rows in bytes.
  SourceRow input;
  size_t row;
  int inputWidth;
  TargetRow output;
  int block, width;
  int kernel, stride, padding;
  // The windows' first row, which may lie above the map, and those of their rows that lie on the map.
  int top, firstRow, endRow;
};

// The mean of an image's pixels, for one block of output channels.
struct AverageArguments {
  SourceRow input;
  size_t row;
  int height, width;
  TargetRow output;
  int block;
};

struct L2NormalizeArguments {
  SourceRow input;
  TargetRow output;
  int width;
  // One for each channel of the output's blocks.
  const float *factors;
  float epsilon;
};

// A row of sums of two maps' pixels.
struct AddArguments {
  SourceRow first, second;
  TargetRow output;
  ck_activation activation;
  int width;
};

// A row of products of a map's pixels and one pixel of scales.
struct ScaleArguments {
  SourceRow input, scales;
  TargetRow output;
  ck_activation activation;
  int width;
};

// A row of a depthwise convolution's output, for sixteen channels.
struct DepthwiseArguments {
  // The first pixel's first tap, and in bytes the distances of rows of taps, of taps in a row and of pixels.
  const uint8_t *input;
  ck_element element;
  size_t row, tap, pixel;
  // 0 where the input has no such channels: their sums are 0.
  int kernel;
  int stride, dilation;
  // (kernel, kernel, 16)
  const float *weights;
  int width, y;
  Destination destination;
  Epilogue epilogue;
};

// What no instruction set's micro-kernel exceeds: pixels, and lanes.
constexpr int mostPixels = 32, mostLanes = 32;

struct KernelTable {
  // The most pixels and the lanes of a micro-kernel, and the greatest uint8 that it takes without saturating.
  int pixels, lanes, activationLimit;
  // By operand; null where float32 is as good.
  std::array<TileKernel, operandCount> tile;
  void (*store)(const StoreArguments &);
  // Whether all values are finite.
  bool (*transpose)(const TransposeArguments &);
  // By element and tile size 2, 4, 6.
  std::array<std::array<WinogradKernels, 3>, 3> winograd;
  // Between maps of the same element and scale, and between any.
  void (*pool)(const PoolArguments &);
  void (*poolConverting)(const PoolArguments &);
  void (*average)(const AverageArguments &);
  void (*l2Normalize)(const L2NormalizeArguments &);
  void (*add)(const AddArguments &);
  void (*scaleChannels)(const ScaleArguments &);
  void (*depthwise)(const DepthwiseArguments &);
  // Bytes to normalised elements: `count` pixels.
  void (*normalizePixels)(
    const uint8_t *pixels, int count, const float factors[3], const float shifts[3], ck_element element, void *output);
  // `turns` rounds of independent multiply-adds; the number of operations in a round.
  std::array<SpinKernel, operandCount> spin;
};

// Null where this build has no such instructions.
extern const KernelTable *const portableKernels, *const avx2Kernels, *const avx512Kernels, *const avx512BF16Kernels,
                                                                                             *const neonKernels;

const KernelTable &kernelsOf(ck_instruction_set set);

bool isAvailable(ck_instruction_set set);

// See `ck_peak`.
double peak(const KernelTable &kernels, Operand operand, Threads &threads);

// Whether a core begins two multiply-adds of 64 bytes in a cycle. It wants its operands twice as fast as one that
// begins one, or two of 32 bytes.
bool multipliesAtFullWidth(ck_instruction_set set);

}  // namespace ck
