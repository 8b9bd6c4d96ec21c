// Winograd's F(m x m, 3 x 3) for stride 1. Tiles of the input are transformed; for each of their n x n elements there
// is a matrix product of (tiles, inputs) and (inputs, outputs); tiles of sums are transformed back, and bias, ReLU and
// pooling happen on the way out.
//
// With a dilation d the map falls apart into d x d maps of every d-th pixel, each with tiles of its own.
//
// Two schedules. Per thread: each thread takes some tiles through all three steps, with a panel's sums in its second
// cache and the weights streaming through. Shared: all threads do one step together, and each element's weights are
// read once in all; for layers whose weights weigh more than their maps.
#pragma once

#include "Convolution.h"

struct WinogradConvolution final : ck_convolution {
  WinogradConvolution(
    const ck_convolution_shape &shape, const float *weights, const float *bias, ck_instruction_set set,
    ck_threads &threads);

  void run(const ck_convolution_run_arguments &arguments, ck_threads &threads) const override;
  size_t scratch(int images, int threads) const override;

 private:
  // Tiles first ..< first + count of all images', and where their transforms lie.
  struct Batch {
    int first, count;
    uint8_t *transformed;
    float *sums;
    // Distances of a tile's elements: in bytes, in floats.
    size_t transformedElement, sumsElement;
    // Through a row of transformed tiles, for panels of one and of two groups.
    const Step *steps[2];
  };

  void cut();
  void pack(const float *weights, ck_threads &threads);
  int tilesTogether(int total, int threads) const;
  Batch batch(int first, int count, int lanes, uint8_t *memory) const;
  size_t batchBytes(int tiles, int lanes) const;
  size_t transformedElementBytes(int tiles) const;
  size_t sumsElementFloats(int tiles, int lanes) const;

  void transformInput(const ck_convolution_run_arguments &arguments, const Batch &batch, int block, int first, int last) const;
  void multiply(const Batch &batch, const Panel &panel, int element, float *sums) const;
  void transformOutput(
    const ck_convolution_run_arguments &arguments, const Batch &batch, const Panel &panel, const float *sums,
    size_t sumsElement, int group, int first, int last) const;

  void runPerThread(const ck_convolution_run_arguments &arguments, ck_threads &threads, int total) const;
  void runShared(const ck_convolution_run_arguments &arguments, ck_threads &threads, int total) const;

  int outputTile() const { return int(shape.algorithm); }
  int elements() const { return (outputTile() + 2) * (outputTile() + 2); }
  size_t panelBytes(const Panel &panel) const { return size_t(blocks) * depth * panel.lanes() * 4; }
  const uint8_t *panelWeights(const Panel &panel, int element) const;

  const WinogradKernels &transforms;
  bool isShared;
  // One image's.
  std::vector<TileOrigin> origins;
  std::vector<int32_t> offsets;
  size_t elementWeights = 0;
};
