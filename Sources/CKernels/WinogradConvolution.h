// Winograd's F(m x m, 3 x 3) for stride 1. Tiles of the input are transformed; for each of their n x n elements there
// is a matrix product of (tiles, inputs) and (inputs, outputs); tiles of sums are transformed back, and bias, ReLU and
// pooling happen on the way out.
//
// Where a map ends within a tile, that row or column of tiles is cut to the outputs there are, rounded up to an even
// number: a tile of 6 x 2 outputs needs half of the elements of one of 6 x 6, and the same packed weights
// (WinogradTransforms.inc). So an element's matrix product has the tiles that have this element.
//
// With a dilation d the map falls apart into d x d maps of every d-th pixel, each with tiles of its own.
//
// uint8 become int16, whose products are half as many a second as those of int8: F(4x4), with a quarter
// of the multiplications, still takes two thirds of the time. Sums are integers of 32 bits that cannot overflow,
// whatever the image.
//
// Two schedules. Per thread: each thread takes some tiles through all three steps; transformed tiles and a panel's sums
// stay in its L2 cache, and all weights stream through it for every dozen tiles. Shared: all threads transform
// tiles into memory that all of them read, then each takes panels, whose sums stay in its L2 cache; now the
// transformed tiles stream, and the weights are read once. That is for layers whose weights weigh more than their
// tiles. Whatever comes from beyond the L2 cache is prefetched long before: the next batch's input and the next
// element's weights while products are computed, a tile's neighbour while the tile is transformed.
#pragma once

#include <algorithm>

#include "Convolution.h"

namespace ck {

class WinogradConvolution final : public Convolution {
 public:
  WinogradConvolution(
    const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels, bool isFullWidth);

  // Whether tiles stay within the input's border, and offsets within 32 bits; the rest of the shape is sound.
  static ck_status check(const ck_convolution_shape &shape);

 protected:
  void runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) override;
  size_t runScratch(int images, int threads) const override;
  void runPacking(const ck_convolution_run_arguments &arguments, Threads &threads, uint8_t *memory) override;
  size_t packScratch(int threads) const override;
  void packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) override;

 private:
  struct Range {
    int first = 0, count = 0;
    // One of so many parts of nearly equal length.
    Range part(int index, int parts) const {
      const int begin = int(int64_t(count) * index / parts), end = int(int64_t(count) * (index + 1) / parts);
      return {first + begin, end - begin};
    }
    Range intersection(Range other) const {
      const int begin = std::max(first, other.first);
      return {begin, std::max(0, std::min(first + count, other.first + other.count) - begin)};
    }
  };

  // Tiles of the same size, in outputs.
  struct Kind {
    int rows, columns;
    // One image's.
    std::vector<TileOrigin> origins;
    std::vector<int32_t> offsets;
    int count() const { return int(origins.size()); }
  };

  // Neighbours among all images' tiles that are of one kind and of one image, and their place within the image.
  struct Run {
    const Kind &kind;
    int image, first, count;
  };

  // Some of all images' tiles, and where their transforms lie.
  struct Batch {
    Range tiles;
    uint8_t *transformed;
    // The distance of a tile's elements in bytes.
    size_t element;
    // Through a row of transformed tiles, for panels of one and of two groups.
    const Step *steps[2];
  };

  void cut();
  // Calls body(run, tile) for all runs of some tiles; `tile` counts from the first of these.
  template <class Body>
  void forEachRun(Range tiles, int images, const Body &body) const;
  int tilesPerThread(int total, int threads) const;
  int tilesShared(int total) const;
  int partsOfShared(int tiles) const;
  Batch batch(Range tiles, uint8_t *memory) const;
  size_t batchBytes(int tiles) const;
  size_t elementBytes(int tiles) const;
  size_t sumsBytes(int tiles) const;
  // Of a tile's elements in a panel's sums, in floats.
  size_t sumsElement(int tiles) const;

  size_t source(int block) const;
  // Ranges of tiles count from the batch's first, `next` from the first of all.
  void transformInput(const ck_convolution_run_arguments &arguments, const Batch &batch, int block, Range tiles) const;
  void prefetchInput(const ck_convolution_run_arguments &arguments, Range next, int part, int parts) const;
  // Tiles times a panel, whose weights are `packed`, and back into the map; meanwhile the input of the next batch is
  // prefetched.
  void multiplyPanel(
    const ck_convolution_run_arguments &arguments, const Batch &batch, const Panel &panel, const uint8_t *packed,
    Range tiles, Range next, float *sums) const;
  // `packed`: one element's; `sums`: of the first tile.
  void multiply(
    const Batch &batch, const Panel &panel, const uint8_t *packed, int element, Range tiles, float *sums) const;
  void transformOutput(
    const ck_convolution_run_arguments &arguments, const Batch &batch, const Panel &panel, int group, Range tiles,
    const float *sums) const;

  void runPerThread(const ck_convolution_run_arguments &arguments, Threads &threads, int total) const;
  // `packing`: where threads pack the panel that they multiply; null when all are packed.
  void runShared(const ck_convolution_run_arguments &arguments, Threads &threads, int total, uint8_t *packing);
  // A thread's part of that: a panel's weights, packed and by lane.
  size_t packShare() const { return inPages(panelBytes(panels[0]) * elements() + rowCount() * 4); }

  int outputTile() const { return int(shape.algorithm); }
  int elements() const { return (outputTile() + 2) * (outputTile() + 2); }
  // Of one element.
  size_t panelBytes(const Panel &panel) const { return size_t(blocks) * depth * panel.lanes() * 4; }

  const WinogradKernels &transforms;
  // See `multipliesAtFullWidth`.
  const bool isFullWidth;
  bool isShared;
  // Cut in width only, not at all, in height only, in both: so the tiles that have an element are neighbours. All
  // images' tiles of a kind go before the next kind's. These numbers are one image's.
  std::array<Kind, 4> kinds;
  int tileCount = 0;
  // For each element, the tiles that have it.
  std::vector<Range> tilesWithElement;
};

}  // namespace ck
