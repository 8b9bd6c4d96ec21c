#include "WinogradConvolution.h"

#include <unistd.h>

#include <algorithm>

namespace ck {

namespace {

// The size of the L2 cache, which the per-thread schedule lives in.
size_t l2CacheBytes() {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes > 0) return size_t(bytes);
#endif
  return 1 << 20;
}

constexpr int sizeIndex(ck_algorithm algorithm) { return int(algorithm) / 2 - 1; }

// Rows of equal length at a multiple of the cache's ways apart would fall into the same sets.
constexpr size_t skew = 320;

}  // namespace

WinogradConvolution::WinogradConvolution(
  const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels, bool isFullWidth)
    : Convolution(shape, bias, kernels),
      transforms(kernels.winograd[shape.input.element][sizeIndex(shape.algorithm)]),
      isFullWidth(isFullWidth) {
  cut();
  switch (shape.schedule) {
    case CK_SCHEDULE_PER_THREAD: isShared = false; break;
    case CK_SCHEDULE_SHARED: isShared = true; break;
    // Per thread, every batch streams all weights; those of a core at full width are larger, and fewer.
    case CK_SCHEDULE_AUTOMATIC:
      isShared = (isFullWidth ? 3 : 1) * size_t(blocks) * blockBytes * size_t(tileCount)
        < size_t(blocks) * depth * 4 * groups.size() * groupChannels;
      break;
  }
  // For each panel and element, the panel's weights: in the order in which they are read.
  for (Panel &panel : panels) {
    panel.weights = weightBytes;
    weightBytes += panelBytes(panel) * elements();
  }
  // The micro-kernel prefetches up to a panel ahead, beyond the end too.
  weightBytes += panelBytes(panels[0]);
  for (const Range &tiles : tilesWithElement) {
    multiplications += double(tiles.count) * blocks * depth * kPack * groups.size() * groupChannels;
  }
}

namespace {

// The height or width of the last tiles where they are smaller: that of the longest rest in any of dilation's phases.
int sizeOfLast(int length, int dilation, int m) {
  int rest = 0;
  for (int phase = 0; phase < std::min(dilation, length); phase++) {
    rest = std::max(rest, ((length - phase - 1) / dilation + 1) % m);
  }
  return rest == 0 ? m : roundedUp(rest, 2);
}

}  // namespace

namespace {

// Where the input ends that tiles read, counted from the first row or column of the padding, as `cut` places them.
int endOfTiles(int length, int dilation, int m) {
  const int last = sizeOfLast(length, dilation, m);
  int end = 0;
  for (int phase = 0; phase < std::min(dilation, length); phase++) {
    const int count = (length - phase - 1) / dilation + 1, rest = count % m;
    const int outputs = count - rest + (rest > 0 ? last : 0);
    end = std::max(end, phase + (outputs + 1) * dilation + 1);
  }
  return end;
}

}  // namespace

ck_status WinogradConvolution::check(const ck_convolution_shape &shape) {
  const int m = int(shape.algorithm), d = shape.dilation;
  const ck_map &input = shape.input, &output = shape.output;
  if (
    endOfTiles(output.height, d, m) - shape.padding > input.height + input.after
    || endOfTiles(output.width, d, m) - shape.padding > input.width + input.after)
    return CK_INVALID_SHAPE;
  // A batch of the shared schedule has an image's tiles at least, and some million bytes of them at most beyond.
  const int64_t tiles =
    std::max<int64_t>((int64_t(output.height) / m + d) * (int64_t(output.width) / m + d), shape.tiles) + 65536;
  const int64_t operandBlocks = quotientRoundedUp(input.channels, 16);
  return tiles * operandBlocks * blockBytes > INT32_MAX ? CK_TOO_LARGE : CK_SUCCESS;
}

void WinogradConvolution::cut() {
  const int m = outputTile(), d = shape.dilation, height = shape.output.height, width = shape.output.width;
  const int lastRows = sizeOfLast(height, d, m), lastColumns = sizeOfLast(width, d, m);
  kinds[0] = {m, lastColumns, {}, {}};
  kinds[1] = {m, m, {}, {}};
  kinds[2] = {lastRows, m, {}, {}};
  kinds[3] = {lastRows, lastColumns, {}, {}};
  for (int phaseY = 0; phaseY < d; phaseY++) {
    for (int phaseX = 0; phaseX < d; phaseX++) {
      for (int y = phaseY; y < height; y += m * d) {
        for (int x = phaseX; x < width; x += m * d) {
          const bool isCutInHeight = lastRows < m && y + (m - 1) * d >= height;
          const bool isCutInWidth = lastColumns < m && x + (m - 1) * d >= width;
          Kind &kind = kinds[isCutInHeight ? 2 + isCutInWidth : 1 - isCutInWidth];
          kind.origins.push_back({int16_t(y), int16_t(x)});
          kind.offsets.push_back(int32_t(input.pixel(y - shape.padding, x - shape.padding)));
          tileCount++;
        }
      }
    }
  }
  const auto has = [m](int size, int index) { return index <= size || index == m + 1; };
  for (int y = 0; y < m + 2; y++) {
    for (int x = 0; x < m + 2; x++) {
      const int first = has(lastColumns, x) ? 0 : kinds[0].count();
      const int beyond =
        has(lastRows, y) ? (has(lastColumns, x) ? 0 : kinds[3].count()) : kinds[2].count() + kinds[3].count();
      tilesWithElement.push_back({first, tileCount - beyond - first});
    }
  }
}

template <class Body>
void WinogradConvolution::forEachRun(Range tiles, int images, const Body &body) const {
  int before = 0;
  for (const Kind &kind : kinds) {
    for (Range left = tiles.intersection({before, images * kind.count()}); left.count > 0;) {
      const int image = (left.first - before) / kind.count(), first = (left.first - before) % kind.count();
      const int count = std::min(left.count, kind.count() - first);
      body(Run{kind, image, first, count}, left.first - tiles.first);
      left = {left.first + count, left.count - count};
    }
    before += images * kind.count();
  }
}

void WinogradConvolution::packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) {
  float *panelFactors = &factors[size_t(panel.firstGroup) * groupChannels];
  if (operand == CK_INT16_OPERAND) std::fill_n(panelFactors, panel.lanes(), shape.input.scale);
  if (!isWhole()) std::memset(to, 0, panelBytes(panel) * elements());
  byLane(given, panel, rows);
  transforms.weights({rows, shape.input.channels, panel.lanes(), to, panelBytes(panel), panelFactors});
}

// -- How many tiles go together

// As many whole micro-kernels as leave room in the L2 cache for the weights that stream through, and for what the
// transforms read and write; a dozen tiles at least, since each batch streams all weights from the L3 cache: a
// vector of them then lasts a dozen multiply-adds. Beyond some fifty only the cache's pressure grows. A core that
// multiplies at full width does better with all of the fifty, whatever room they leave, unless the weights stay in the
// L2 cache too.
int WinogradConvolution::tilesPerThread(int total, int threads) const {
  int tiles = shape.tiles;
  if (tiles == 0) {
    const size_t each = size_t(elements()) * (size_t(blocks) * blockBytes + size_t(kernels.lanes) * 4);
    const int least = quotientRoundedUp(12, kernels.pixels) * kernels.pixels;
    const int most = 4 * least;
    const int fitting = int(l2CacheBytes() / (isFullWidth ? 2 : 3) / each) / kernels.pixels * kernels.pixels;
    const bool weightsStream = weightBytes - panelBytes(panels[0]) > l2CacheBytes();
    tiles = isFullWidth && weightsStream ? most : std::clamp(fitting, least, most);
  }
  // Batches of equal size, as many for each thread.
  return quotientRoundedUp(total, roundedUp(quotientRoundedUp(total, tiles), threads));
}

// All of an image's, and of a batch's images as many as a L3 cache may hold.
int WinogradConvolution::tilesShared(int total) const {
  const size_t each = size_t(elements()) * size_t(blocks) * blockBytes;
  const int fitting = std::max(tileCount, int((size_t(16) << 20) / each));
  return quotientRoundedUp(total, quotientRoundedUp(total, fitting));
}

// Into how many tasks shared tiles are cut for each panel: a task's sums fit half of the L2 cache.
int WinogradConvolution::partsOfShared(int tiles) const {
  const int fitting = shape.tiles > 0
    ? shape.tiles
    : std::max(kernels.pixels, int(l2CacheBytes() / 2 / (size_t(elements()) * size_t(kernels.lanes) * 4)));
  return quotientRoundedUp(tiles, fitting);
}

// -- Memory: a batch's steps and transformed tiles; a panel's sums.

size_t WinogradConvolution::elementBytes(int tiles) const { return size_t(blocks) * tiles * blockBytes + skew; }

size_t WinogradConvolution::batchBytes(int tiles) const {
  return inPages(size_t(2 * blocks) * sizeof(Step)) + inPages(elementBytes(tiles) * elements());
}

size_t WinogradConvolution::sumsElement(int tiles) const { return size_t(tiles) * kernels.lanes + skew / 4; }

size_t WinogradConvolution::sumsBytes(int tiles) const { return inPages(sumsElement(tiles) * 4 * elements()); }

WinogradConvolution::Batch WinogradConvolution::batch(Range tiles, uint8_t *memory) const {
  Step *steps = reinterpret_cast<Step *>(memory);
  for (int block = 0; block < blocks; block++) {
    steps[block] = {block * tiles.count * blockBytes, block * depth * groupChannels * 4};
    steps[blocks + block] = {steps[block].input, 2 * steps[block].weights};
  }
  uint8_t *transformed = memory + inPages(size_t(2 * blocks) * sizeof(Step));
  return {tiles, transformed, elementBytes(tiles.count), {steps, steps + blocks}};
}

size_t WinogradConvolution::runScratch(int images, int threads) const {
  const int total = images * tileCount;
  if (isShared) {
    const int tiles = tilesShared(total);
    return batchBytes(tiles) + sumsBytes(quotientRoundedUp(tiles, partsOfShared(tiles))) * threads;
  }
  const int tiles = tilesPerThread(total, threads);
  return (batchBytes(tiles) + sumsBytes(tiles)) * threads;
}

// -- The three steps

// Where the channels of a block of operands begin: a block of uint8 is two of int16.
size_t WinogradConvolution::source(int block) const {
  const int perBlock = blockChannels(shape.input.element) / (groupChannels * kPack);
  return block / perBlock * input.block + block % perBlock * size_t(blockBytes / perBlock);
}

void WinogradConvolution::transformInput(
  const ck_convolution_run_arguments &arguments, const Batch &batch, int block, Range tiles) const {
  forEachRun({batch.tiles.first + tiles.first, tiles.count}, arguments.images, [&](const Run &run, int tile) {
    transforms.input[run.kind.rows / 2 - 1][run.kind.columns / 2 - 1](
      {static_cast<const uint8_t *>(arguments.input) + run.image * input.image + source(block),
       &run.kind.offsets[size_t(run.first)], run.count, input.row * shape.dilation, size_t(blockBytes) * shape.dilation,
       batch.transformed + (size_t(block) * batch.tiles.count + tiles.first + tile) * blockBytes, batch.element,
       isShared || !isFullWidth});
  });
}

// Prefetches a part of what the transforms of tiles to come will read, into the L2 cache.
void WinogradConvolution::prefetchInput(
  const ck_convolution_run_arguments &arguments, Range tiles, int part, int parts) const {
  const int n = outputTile() + 2, rowsEach = blocks * n;
  const Range rows = Range{0, tiles.count * rowsEach}.part(part, parts);
  if (rows.count == 0) return;
  const int firstTile = rows.first / rowsEach, lastTile = (rows.first + rows.count - 1) / rowsEach;
  forEachRun({tiles.first + firstTile, lastTile + 1 - firstTile}, arguments.images, [&](const Run &run, int tile) {
    const uint8_t *map = static_cast<const uint8_t *>(arguments.input) + run.image * input.image;
    for (int i = 0; i < run.count; i++) {
      const int firstRow = (firstTile + tile + i) * rowsEach;
      const Range own = Range{firstRow, rowsEach}.intersection(rows);
      for (int row = own.first - firstRow; row < own.first - firstRow + own.count; row++) {
        const uint8_t *first =
          map + source(row / n) + run.kind.offsets[size_t(run.first + i)] + row % n * input.row * shape.dilation;
        for (int x = 0; x < n; x++) __builtin_prefetch(first + x * blockBytes * shape.dilation, 0, 2);
      }
    }
  });
}

void WinogradConvolution::multiply(
  const Batch &batch, const Panel &panel, const uint8_t *packed, int element, Range tiles, float *sums) const {
  if (tiles.count == 0) return;
  const int parts = quotientRoundedUp(tiles.count, kernels.pixels);
  TileArguments tile{};
  tile.pixelDistance = blockBytes;
  tile.steps = batch.steps[panel.groups - 1];
  tile.stepCount = blocks;
  tile.depth = depth;
  tile.weights = packed;
  tile.lanes = panel.lanes();
  tile.prefetchStep = panel.lanes() * 4 / parts;
  for (int part = 0; part < parts; part++) {
    const Range pixels = tiles.part(part, parts);
    tile.input = batch.transformed + element * batch.element + size_t(pixels.first) * blockBytes;
    tile.pixels = pixels.count;
    tile.output = sums + size_t(pixels.first - tiles.first) * panel.lanes();
    // Each run of pixels brings its part of the next element's weights, so that these have all the time there is to
    // come from memory. A single run is better off with its own, two blocks ahead: the next would fall out of the
    // L1 cache before they are read.
    tile.prefetch = parts > 1 ? tile.weights + panelBytes(panel) * size_t(parts + part) / size_t(parts)
                              : tile.weights + 2 * size_t(depth) * panel.lanes() * 4;
    kernels.tile[operand](tile);
  }
}

void WinogradConvolution::transformOutput(
  const ck_convolution_run_arguments &arguments, const Batch &batch, const Panel &panel, int group, Range tiles,
  const float *sums) const {
  forEachRun({batch.tiles.first + tiles.first, tiles.count}, arguments.images, [&](const Run &run, int tile) {
    transforms.output[run.kind.rows / 2 - 1][run.kind.columns / 2 - 1](
      {sums + size_t(tile) * panel.lanes() + group * groupChannels, size_t(panel.lanes()), sumsElement(tiles.count),
       &run.kind.origins[size_t(run.first)], run.count, shape.dilation, shape.output.height, shape.output.width,
       destination(arguments, run.image, panel.firstGroup + group),
       pooledDestination(arguments, run.image, panel.firstGroup + group), shape.pooled.height, shape.pooled.width,
       epilogue(panel.firstGroup + group)});
  });
}

void WinogradConvolution::multiplyPanel(
  const ck_convolution_run_arguments &arguments, const Batch &batch, const Panel &panel, const uint8_t *packed,
  Range tiles, Range next, float *sums) const {
  const int turn = int(&panel - panels.data()) * elements(), turns = int(panels.size()) * elements();
  for (int element = 0; element < elements(); element++) {
    prefetchInput(arguments, next, turn + element, turns);
    const Range all = {
      tilesWithElement[size_t(element)].first * arguments.images,
      tilesWithElement[size_t(element)].count * arguments.images};
    const Range had = tiles.intersection({all.first - batch.tiles.first, all.count});
    multiply(
      batch, panel, packed + element * panelBytes(panel), element, had,
      sums + element * sumsElement(tiles.count) + size_t(had.first - tiles.first) * panel.lanes());
  }
  for (int group = 0; group < panel.groups; group++) {
    transformOutput(arguments, batch, panel, group, tiles, sums);
  }
}

// -- Schedules

void WinogradConvolution::runPerThread(
  const ck_convolution_run_arguments &arguments, Threads &threads, int total) const {
  const int tiles = tilesPerThread(total, threads.count()), batches = quotientRoundedUp(total, tiles);
  const size_t share = batchBytes(tiles) + sumsBytes(tiles);
  threads.forEach(batches, [&](int index, int thread) {
    uint8_t *memory = static_cast<uint8_t *>(arguments.scratch) + share * size_t(thread);
    const Batch batch = this->batch(Range{0, total}.part(index, batches), memory);
    // Most likely this thread's.
    const Range next = index + 1 < batches ? Range{0, total}.part(index + 1, batches) : Range{};
    float *sums = reinterpret_cast<float *>(memory + batchBytes(tiles));
    for (int block = 0; block < blocks; block++) transformInput(arguments, batch, block, {0, batch.tiles.count});
    for (const Panel &panel : panels) {
      multiplyPanel(arguments, batch, panel, weights + panel.weights, {0, batch.tiles.count}, next, sums);
    }
  });
}

void WinogradConvolution::runShared(
  const ck_convolution_run_arguments &arguments, Threads &threads, int total, uint8_t *packing) {
  const int tiles = tilesShared(total), batches = quotientRoundedUp(total, tiles);
  // The same for all batches, some of which have a tile fewer: none of their tasks is larger than the first's.
  const int parts = partsOfShared(tiles);
  // Panels that not every thread has one of are cut up for all threads, unless they are packed, which takes longer.
  const int count = int(panels.size()), leftOver = packing ? 0 : count % threads.count();
  const int partsOfLeftOver = leftOver == 0
    ? parts
    : std::max(parts, std::min(quotientRoundedUp(threads.count(), leftOver), quotientRoundedUp(tiles, kernels.pixels)));
  const size_t share = sumsBytes(quotientRoundedUp(tiles, parts));
  uint8_t *memory = static_cast<uint8_t *>(arguments.scratch);
  for (int index = 0; index < batches; index++) {
    const Batch batch = this->batch(Range{0, total}.part(index, batches), memory);
    const Range all = {0, batch.tiles.count};
    const int halves = all.count >= 32 ? 2 : 1;
    threads.forEach(blocks * halves, [&](int task, int) {
      transformInput(arguments, batch, task / halves, all.part(task % halves, halves));
    });
    const auto sums = [&](int thread) {
      return reinterpret_cast<float *>(memory + batchBytes(tiles) + share * size_t(thread));
    };
    if (packing) {
      // Who packs a panel multiplies all parts with it.
      threads.forEach(count, [&](int number, int thread) {
        const Panel &panel = panels[size_t(number)];
        uint8_t *packed = packing + packShare() * size_t(thread);
        packPanel(arguments.weights, panel, reinterpret_cast<float *>(packed + panelBytes(panel) * elements()), packed);
        for (int part = 0; part < parts; part++) {
          multiplyPanel(arguments, batch, panel, packed, all.part(part, parts), {}, sums(thread));
        }
      });
      continue;
    }
    const auto multiplyPanels = [&](int first, int panelCount, int partsOfEach) {
      threads.forEach(panelCount * partsOfEach, [&](int task, int thread) {
        const Panel &panel = panels[size_t(first + task / partsOfEach)];
        const Range part = all.part(task % partsOfEach, partsOfEach);
        multiplyPanel(arguments, batch, panel, weights + panel.weights, part, {}, sums(thread));
      });
    };
    if (leftOver < count) multiplyPanels(0, count - leftOver, parts);
    if (leftOver > 0) multiplyPanels(count - leftOver, leftOver, partsOfLeftOver);
  }
}

void WinogradConvolution::runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) {
  const int total = arguments.images * tileCount;
  if (isShared) {
    runShared(arguments, threads, total, nullptr);
  } else {
    runPerThread(arguments, threads, total);
  }
}

size_t WinogradConvolution::packScratch(int threads) const {
  return isShared ? packShare() * size_t(threads) : Convolution::packScratch(threads);
}

void WinogradConvolution::runPacking(const ck_convolution_run_arguments &arguments, Threads &threads, uint8_t *memory) {
  if (isShared) {
    runShared(arguments, threads, arguments.images * tileCount, memory);
  } else {
    Convolution::runPacking(arguments, threads, memory);
  }
}

}  // namespace ck
