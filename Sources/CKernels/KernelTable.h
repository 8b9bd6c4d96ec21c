// What an instruction set has to offer: the loops in which the time goes. Everything around them (which tile comes
// next, on which thread, from where to where) is written once, in the files named after the algorithms.
//
// An instruction set is one file: it says how many lanes its vectors have, brings its micro-kernels and its
// conversions, includes VectorKernels.h for the rest, and fills in this table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "CKernels.h"

// Channels that are stored together: a quarter of a block of bytes, half a block of bfloat16.
constexpr int groupChannels = 16;

using Operand = ck_operand;
constexpr int operandCount = 4;

constexpr int operandBytes(Operand operand) {
  return operand == CK_FLOAT32_OPERAND ? 4 : operand == CK_BYTE_OPERAND ? 1 : 2;
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
  // Weights to fetch meanwhile for later: where they begin, and by how many bytes each depth advances in them.
  const uint8_t *ahead;
  ptrdiff_t aheadStep;
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

// What happens to sixteen channels' sums on their way to memory: sum * factor + bias, then the ReLU.
struct Epilogue {
  const float *factors, *biases;
  bool hasReLU;
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
  // Whether to ask for what the next tile reads and writes.
  bool fetchesAhead;
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
  // data is null without a pool.
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
  // Of words: what a lane's sums are multiplied with is multiplied with the words' worth.
  float *factors;
};

// Winograd's F(m x m, 3 x 3) for one type of input. A tile's transforms are listed by its height and width in outputs: 2,
// 4, 6 as far as m.
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

struct PoolArguments {
  ck_element element;
  const uint8_t *input;
  uint8_t *output;
  size_t inputRow;
  int width, kernel, stride;
};

struct LengthArguments {
  const uint8_t *input;
  size_t inputBlock;
  int inputBlocks;
  ck_element inputElement;
  float inputScale;
  int width;
  const float *factors;
  uint8_t *output;
  size_t outputBlock;
  int outputBlocks;
  ck_element outputElement;
  float inverseScale;
};

struct KernelTable {
  // The most pixels and the lanes of a micro-kernel.
  int pixels, lanes;
  // By operand; null where float32 is as good.
  std::array<TileKernel, operandCount> tile;
  void (*store)(const StoreArguments &);
  // Whether all values are finite.
  bool (*transpose)(const TransposeArguments &);
  // By element and tile size 2, 4, 6.
  std::array<std::array<WinogradKernels, 3>, 3> winograd;
  void (*pool)(const PoolArguments &);
  void (*normalizeLength)(const LengthArguments &);
  // Bytes to normalised elements: `count` pixels.
  void (*normalizePixels)(
    const uint8_t *pixels, int count, const float factors[3], const float shifts[3], ck_element element,
    void *output);
  // `turns` rounds of independent multiply-adds; the number of operations in a round.
  std::array<SpinKernel, operandCount> spin;
};

// Null where this build has no such instructions.
extern const KernelTable *const portableKernels, *const avx2Kernels, *const avx512Kernels, *const avx512BF16Kernels,
  *const neonKernels;

const KernelTable &kernels(ck_instruction_set set);

// Whether a core begins two multiply-adds of 64 bytes in a cycle. It wants its operands twice as fast as one that begins
// one, or two of 32 bytes.
bool multipliesAtFullWidth(ck_instruction_set set);
