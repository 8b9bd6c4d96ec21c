#include "WinogradConvolution.h"

#include <unistd.h>

#include <algorithm>

namespace {

// Of the second cache, which the per-thread schedule lives in.
size_t secondCacheBytes() {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes > 0) return size_t(bytes);
#endif
  return 1 << 20;
}

constexpr int sizeIndex(ck_algorithm algorithm) { return int(algorithm) / 2 - 1; }

// Rows of equal length at a multiple of the cache's ways apart would fall into the same sets.
constexpr size_t skew = 320;

// In bytes.
constexpr size_t inPages(size_t bytes) { return (bytes + 4095) / 4096 * 4096; }

}  // namespace

WinogradConvolution::WinogradConvolution(
  const ck_convolution_shape &shape, const float *weights, const float *bias, ck_instruction_set set,
  ck_threads &threads)
    : ck_convolution(shape, bias, set),
      transforms(kernels.winograd[shape.input.element == CK_FLOAT32 ? 0 : 1][sizeIndex(shape.algorithm)]) {
  cut();
  switch (shape.schedule) {
    case CK_SCHEDULE_PER_THREAD: isShared = false; break;
    case CK_SCHEDULE_SHARED: isShared = true; break;
    // Per thread, every batch streams all weights. Where each thread has hardly more than one batch and the weights
    // do not stay in a cache, they had better be read once.
    case CK_SCHEDULE_AUTOMATIC:
      isShared = int(origins.size()) <= 3 * kernels.pixels
        && size_t(shape.input.channels) * groups.size() * groupChannels * elements() * 4 / together > size_t(32 << 20);
      break;
  }
  pack(weights, threads);
  multiplications = double(origins.size()) * elements() * blocks * depth * together * groups.size() * groupChannels;
}

void WinogradConvolution::cut() {
  const int m = outputTile(), d = shape.dilation;
  for (int phaseY = 0; phaseY < d; phaseY++) {
    for (int phaseX = 0; phaseX < d; phaseX++) {
      for (int y = phaseY; y < shape.output.height; y += m * d) {
        for (int x = phaseX; x < shape.output.width; x += m * d) {
          origins.push_back({int16_t(y), int16_t(x)});
          offsets.push_back(int32_t(input.pixel(y - shape.padding, x - shape.padding)));
        }
      }
    }
  }
}

const uint8_t *WinogradConvolution::panelWeights(const Panel &panel, int element) const {
  // In the order they are read: all elements of a panel, or all panels of an element.
  return isShared ? weights.data + element * elementWeights + panel.weights
                  : weights.data + panel.weights * elements() + element * panelBytes(panel);
}

void WinogradConvolution::pack(const float *given, ck_threads &threads) {
  const OrderedWeights ordered = this->ordered(given);
  for (Panel &panel : panels) {
    panel.weights = elementWeights;
    elementWeights += panelBytes(panel);
  }
  // The micro-kernel fetches up to a panel ahead, beyond the end too.
  weights = Memory(elementWeights * elements() + panelBytes(panels[0]));
  const size_t each = size_t(shape.input.channels) * 9;
  threads.forEach(int(panels.size()), [&](int index, int) {
    const Panel &panel = panels[size_t(index)];
    const int first = panel.firstGroup * groupChannels;
    transforms.weights(
      {ordered.values + first * each, shape.input.channels, std::max(0, ordered.outputs - first), panel.lanes(),
       const_cast<uint8_t *>(panelWeights(panel, 0)), isShared ? elementWeights : panelBytes(panel)});
  });
}

size_t WinogradConvolution::transformedElementBytes(int tiles) const {
  return size_t(blocks) * tiles * blockBytes + skew;
}

size_t WinogradConvolution::sumsElementFloats(int tiles, int lanes) const {
  return size_t(tiles) * lanes + skew / 4;
}

int WinogradConvolution::tilesTogether(int total, int threads) const {
  const int pixels = kernels.pixels;
  int tiles = shape.tiles;
  if (tiles == 0 && isShared) tiles = total;
  if (tiles == 0) {
    // As many whole micro-kernels as leave room in the second cache for the weights that stream through, and for
    // what the transforms read and write. Four of them read a panel of weights often enough; beyond that only the
    // cache's pressure grows.
    const size_t each = size_t(elements()) * (size_t(blocks) * blockBytes + size_t(kernels.lanes) * 4);
    const int fitting = int(secondCacheBytes() / 3 / each) / pixels * pixels;
    tiles = std::clamp(fitting, pixels, 4 * pixels);
  }
  // Batches of equal size, as many for each thread.
  const int shares = isShared ? 1 : threads;
  return quotientRoundedUp(total, roundedUp(quotientRoundedUp(total, tiles), shares));
}

// A batch's memory: the steps, the transformed tiles, the sums.
size_t WinogradConvolution::batchBytes(int tiles, int lanes) const {
  return inPages(size_t(2 * blocks) * sizeof(Step)) + inPages(transformedElementBytes(tiles) * elements())
    + inPages(sumsElementFloats(tiles, lanes) * 4 * elements());
}

WinogradConvolution::Batch WinogradConvolution::batch(int first, int count, int lanes, uint8_t *memory) const {
  Step *steps = reinterpret_cast<Step *>(memory);
  for (int block = 0; block < blocks; block++) {
    steps[block] = {block * count * blockBytes, block * depth * groupChannels * 4};
    steps[blocks + block] = {steps[block].input, 2 * steps[block].weights};
  }
  uint8_t *transformed = memory + inPages(size_t(2 * blocks) * sizeof(Step));
  const size_t element = transformedElementBytes(count);
  uint8_t *sums = transformed + inPages(element * elements());
  return {
    first, count, transformed, reinterpret_cast<float *>(sums), element, sumsElementFloats(count, lanes),
    {steps, steps + blocks}};
}

size_t WinogradConvolution::scratch(int images, int threads) const {
  const int tiles = tilesTogether(images * int(origins.size()), threads);
  return isShared ? batchBytes(tiles, int(groups.size()) * groupChannels) : batchBytes(tiles, kernels.lanes) * threads;
}

void WinogradConvolution::transformInput(
  const ck_convolution_run_arguments &arguments, const Batch &batch, int block, int first, int last) const {
  const int perImage = int(origins.size());
  while (first < last) {
    const int tile = batch.first + first, image = tile / perImage, inImage = tile % perImage;
    const int count = std::min(last - first, perImage - inImage);
    transforms.input(
      {static_cast<const uint8_t *>(arguments.input) + image * input.image + block * input.block, &offsets[size_t(inImage)],
       count, input.row * shape.dilation, size_t(blockBytes) * shape.dilation,
       batch.transformed + (size_t(block) * batch.count + first) * blockBytes, batch.transformedElement});
    first += count;
  }
}

void WinogradConvolution::multiply(const Batch &batch, const Panel &panel, int element, float *sums) const {
  const int parts = quotientRoundedUp(batch.count, kernels.pixels);
  TileArguments tile{};
  tile.pixelDistance = blockBytes;
  tile.steps = batch.steps[panel.groups - 1];
  tile.stepCount = blocks;
  tile.depth = depth;
  tile.weights = panelWeights(panel, element);
  tile.lanes = panel.lanes();
  for (int part = 0; part < parts; part++) {
    const int first = batch.count * part / parts;
    tile.input = batch.transformed + element * batch.transformedElement + size_t(first) * blockBytes;
    tile.pixels = batch.count * (part + 1) / parts - first;
    tile.output = sums + size_t(first) * panel.lanes();
    // The last run of pixels brings the next panel, the others what comes next of this one.
    tile.prefetch =
      part == parts - 1 && parts > 1 ? ptrdiff_t(panelBytes(panel)) : ptrdiff_t(depth) * panel.lanes() * 4;
    kernels.tile[shape.input.element](tile);
  }
}

void WinogradConvolution::transformOutput(
  const ck_convolution_run_arguments &arguments, const Batch &batch, const Panel &panel, const float *sums,
  size_t sumsElement, int group, int first, int last) const {
  const int perImage = int(origins.size());
  while (first < last) {
    const int tile = batch.first + first, image = tile / perImage, inImage = tile % perImage;
    const int count = std::min(last - first, perImage - inImage);
    transforms.output(
      {sums + size_t(first) * panel.lanes() + group * groupChannels, size_t(panel.lanes()), sumsElement,
       &origins[size_t(inImage)], count, shape.dilation, shape.output.height, shape.output.width,
       destination(arguments, image, panel.firstGroup + group),
       pooledDestination(arguments, image, panel.firstGroup + group), shape.pooled.height, shape.pooled.width,
       epilogue(panel.firstGroup + group)});
    first += count;
  }
}

void WinogradConvolution::runPerThread(
  const ck_convolution_run_arguments &arguments, ck_threads &threads, int total) const {
  const int tiles = tilesTogether(total, threads.count()), batches = quotientRoundedUp(total, tiles);
  const size_t share = batchBytes(tiles, kernels.lanes);
  threads.forEach(batches, [&](int index, int thread) {
    const int first = int(int64_t(total) * index / batches), last = int(int64_t(total) * (index + 1) / batches);
    const Batch batch = this->batch(
      first, last - first, kernels.lanes, static_cast<uint8_t *>(arguments.scratch) + share * size_t(thread));
    for (int block = 0; block < blocks; block++) transformInput(arguments, batch, block, 0, batch.count);
    for (const Panel &panel : panels) {
      for (int element = 0; element < elements(); element++) {
        multiply(batch, panel, element, batch.sums + element * batch.sumsElement);
      }
      for (int group = 0; group < panel.groups; group++) {
        transformOutput(arguments, batch, panel, batch.sums, batch.sumsElement, group, 0, batch.count);
      }
    }
  });
}

void WinogradConvolution::runShared(
  const ck_convolution_run_arguments &arguments, ck_threads &threads, int total) const {
  const int tiles = tilesTogether(total, threads.count()), batches = quotientRoundedUp(total, tiles);
  const int lanes = int(groups.size()) * groupChannels, panelCount = int(panels.size());
  for (int index = 0; index < batches; index++) {
    const int first = int(int64_t(total) * index / batches), last = int(int64_t(total) * (index + 1) / batches);
    const int count = last - first;
    const Batch batch = this->batch(first, count, lanes, static_cast<uint8_t *>(arguments.scratch));
    // A panel's sums lie behind those of the panels before it.
    const auto panelSums = [&](const Panel &panel, int element) {
      return batch.sums + element * batch.sumsElement + size_t(panel.firstGroup) * groupChannels * count;
    };
    const int halves = count >= 32 ? 2 : 1;
    threads.forEach(blocks * halves, [&](int task, int) {
      const int half = task % halves;
      transformInput(arguments, batch, task / halves, count * half / halves, count * (half + 1) / halves);
    });
    const int split = panelCount >= 8 ? 2 : 1;
    threads.forEach(elements() * split, [&](int task, int) {
      const int element = task / split, part = task % split;
      for (int p = panelCount * part / split; p < panelCount * (part + 1) / split; p++) {
        multiply(batch, panels[size_t(p)], element, panelSums(panels[size_t(p)], element));
      }
    });
    threads.forEach(int(groups.size()) * halves, [&](int task, int) {
      const int half = task % halves, groupIndex = task / halves, perPanel = kernels.lanes / groupChannels;
      const Panel &panel = panels[size_t(groupIndex / perPanel)];
      transformOutput(
        arguments, batch, panel, panelSums(panel, 0), batch.sumsElement, groupIndex % perPanel, count * half / halves,
        count * (half + 1) / halves);
    });
  }
}

void WinogradConvolution::run(const ck_convolution_run_arguments &arguments, ck_threads &threads) const {
  const int total = arguments.images * int(origins.size());
  if (isShared) {
    runShared(arguments, threads, total);
  } else {
    runPerThread(arguments, threads, total);
  }
}
