#include "DirectConvolution.h"

#include <algorithm>
#include <cmath>

namespace ck {

DirectConvolution::DirectConvolution(const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels)
    : Convolution(shape, bias, kernels), image(shape.input) {
  if (shape.groups > 1) placeGroups();
  for (Panel &panel : panels) {
    panel.weights = weightBytes;
    weightBytes += panelBytes(panel);
  }
  // The micro-kernel prefetches, beyond the end too.
  weightBytes += 8192;
  cut();
}

// The blocks of channels that each panel sees: of as many as the one that sees most.
void DirectConvolution::placeGroups() {
  const int perBlock = blockChannels(shape.input.element), outputsPerGroup = shape.output.channels / shape.groups;
  int most = 1;
  for (Panel &panel : panels) {
    const Group &first = groups[size_t(panel.firstGroup)], &last = groups[size_t(panel.firstGroup + panel.groups - 1)];
    const int lastOutput = std::min(last.firstOutput + groupChannels, shape.output.channels) - 1;
    const int firstOutput = std::min(first.firstOutput, lastOutput);
    panel.firstBlock = firstOutput / outputsPerGroup * inputsPerGroup() / perBlock;
    const int endChannel = (lastOutput / outputsPerGroup + 1) * inputsPerGroup();
    most = std::max(most, quotientRoundedUp(endChannel, perBlock) - panel.firstBlock);
  }
  for (Panel &panel : panels) panel.firstBlock = std::min(panel.firstBlock, blocks - most);
  blocks = most;
}

// -- Weights: for each panel, tap and block, `depth` times the panel's lanes times four bytes.

// What a step of each lane's bytes is worth.
void DirectConvolution::quantize(Weights weights, const Panel &panel, float *scales) {
  for (int lane = 0; lane < panel.lanes(); lane++) {
    const Group &group = groups[size_t(panel.firstGroup + lane / groupChannels)];
    const int output = lane % groupChannels;
    scales[lane] = 1;
    if (output >= group.outputs) continue;
    const float *values = firstWeight(weights, group) + output * weightCount();
    float largest = 0;
    for (size_t i = 0; i < weightCount(); i++) largest = std::max(largest, std::fabs(values[i]));
    if (largest > 0) scales[lane] = largest / 127;
    factors[size_t(panel.firstGroup) * groupChannels + size_t(lane)] = scales[lane] * shape.input.scale;
  }
}

void DirectConvolution::packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) {
  const int kernel = shape.kernel, lanes = panel.lanes();
  const int elementSize = elementBytes(shape.input.element);
  float scales[mostLanes];
  if (shape.input.element == CK_UINT8) quantize(given, panel, scales);
  byLane(given, panel, rows);
  if (!isWhole()) std::memset(to, 0, panelBytes(panel));
  const int firstChannel = panel.firstBlock * blockChannels(shape.input.element);
  for (int tap = 0; tap < taps(); tap++) {
    for (int position = 0; position < blocks * depth * kPack; position++) {
      if (position < channelsOfStep) {
        const int channel = shape.input_is_image ? position % 3 : firstChannel + position;
        const int at = shape.input_is_image ? tap * pixelsOfStep + position / 3 : tap;
        if (shape.groups == 1) {
          storeLanes(rows + (size_t(channel) * kernel * kernel + at) * lanes, scales, lanes, to);
        } else {
          float values[mostLanes];
          weightsOfChannel(panel, rows, channel, at, values);
          storeLanes(values, scales, lanes, to);
        }
      }
      // Channels that are multiplied together lie side by side in each lane.
      to += (position + 1) % kPack == 0 ? lanes * 4 - (kPack - 1) * elementSize : elementSize;
    }
  }
}

// What each lane of a panel multiplies a channel with: nothing where the channel is not of its group.
void DirectConvolution::weightsOfChannel(
  const Panel &panel, const float *rows, int channel, int tap, float *values) const {
  const int outputsPerGroup = shape.output.channels / shape.groups;
  for (int lane = 0; lane < panel.lanes(); lane++) {
    const Group &group = groups[size_t(panel.firstGroup + lane / groupChannels)];
    const int output = group.firstOutput + lane % groupChannels;
    const int input = channel - output / outputsPerGroup * inputsPerGroup();
    const bool isSeen = lane % groupChannels < group.outputs && input >= 0 && input < inputsPerGroup();
    values[lane] =
      isSeen ? rows[(size_t(input) * shape.kernel * shape.kernel + size_t(tap)) * size_t(panel.lanes()) + lane] : 0;
  }
}

// One weight of each lane, four bytes apart.
void DirectConvolution::storeLanes(const float *values, const float *scales, int lanes, uint8_t *to) const {
  switch (shape.input.element) {
    case CK_FLOAT32: std::memcpy(to, values, size_t(lanes) * 4); break;
    case CK_BFLOAT16:
      for (int lane = 0; lane < lanes; lane++) {
        const uint16_t half = bfloat16(values[lane]);
        std::memcpy(to + lane * 4, &half, 2);
      }
      break;
    case CK_UINT8:
      for (int lane = 0; lane < lanes; lane++) to[lane * 4] = uint8_t(int8_t(std::lrint(values[lane] / scales[lane])));
      break;
  }
}

// -- Which pixels go together

// The number of a list of steps, given as those of a panel of one group; equal lists are kept once.
int DirectConvolution::stepList(const std::vector<Step> &steps) {
  const auto isSame = [&](const std::vector<Step> &other) {
    return steps.size() == other.size() && std::equal(steps.begin(), steps.end(), other.begin(), [](Step a, Step b) {
             return a.input == b.input && a.weights == b.weights;
           });
  };
  const auto found = std::find_if(lists[0].begin(), lists[0].end(), isSame);
  if (found != lists[0].end()) return int(found - lists[0].begin());
  lists[0].push_back(steps);
  lists[1].push_back(steps);
  for (Step &step : lists[1].back()) step.weights *= 2;
  return int(lists[0].size()) - 1;
}

std::vector<Step> DirectConvolution::steps(int y, int firstColumn, int columns) const {
  std::vector<Step> steps;
  const int kernel = shape.kernel, stride = shape.stride, dilation = shape.dilation;
  const int stepBytes = depth * groupChannels * 4;
  if (shape.input_is_image) {
    const int perRow = kernel / pixelsOfStep;
    for (int tap = 0; tap < taps(); tap++) {
      const size_t offset = size_t(tap / perRow * dilation) * image.row + size_t(tap % perRow * dilation) * image.pixel;
      steps.push_back({int32_t(offset), tap * stepBytes});
    }
    return steps;
  }
  // Taps that see nothing but the border add nothing; with conv6's dilation these are many.
  for (int tap = 0; tap < kernel * kernel; tap++) {
    const int dy = tap / kernel * dilation - shape.padding, dx = tap % kernel * dilation - shape.padding;
    const int row = y * stride + dy;
    const int left = firstColumn * stride + dx, right = (firstColumn + columns - 1) * stride + dx;
    if (row < 0 || row >= shape.input.height || right < 0 || left >= shape.input.width) continue;
    for (int block = 0; block < blocks; block++) {
      const ptrdiff_t offset = ptrdiff_t(block) * input.block + ptrdiff_t(dy) * input.row + ptrdiff_t(dx) * blockBytes;
      steps.push_back({int32_t(offset), (tap * blocks + block) * stepBytes});
    }
  }
  return steps;
}

void DirectConvolution::cut() {
  const int width = shape.output.width;
  std::vector<int> edges = {0, width};
  if (shape.dilation > 1) {
    for (int tap = 0; tap < shape.kernel; tap++) {
      const int dx = tap * shape.dilation - shape.padding;
      for (const int edge : {-dx, shape.input.width - dx}) {
        const int column = quotientRoundedUp(std::max(edge, 0), shape.stride);
        if (column > 0 && column < width) edges.push_back(column);
      }
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  }
  std::vector<std::pair<int, int>> runs;
  for (size_t edge = 0; edge + 1 < edges.size(); edge++) {
    const int first = edges[edge], count = edges[edge + 1] - first, parts = quotientRoundedUp(count, kernels.pixels);
    for (int part = 0; part < parts; part++) {
      runs.push_back({first + count * part / parts, first + count * (part + 1) / parts});
    }
  }
  rows.resize(size_t(shape.output.height));
  for (int y = 0; y < shape.output.height; y++) {
    for (const auto &[first, last] : runs) {
      const int list = stepList(steps(y, first, last - first));
      rows[size_t(y)].chunks.push_back({int16_t(first), int16_t(last - first), list});
      multiplications +=
        double(lists[0][size_t(list)].size()) * depth * kPack * (last - first) * groups.size() * groupChannels;
    }
  }
}

// -- Running

void DirectConvolution::runRows(
  const ck_convolution_run_arguments &arguments, int number, const Panel &panel, int firstRow, int lastRow) const {
  alignas(64) float sums[mostPixels * mostLanes];
  const uint8_t *source = static_cast<const uint8_t *>(arguments.input);
  const bool isImage = shape.input_is_image;
  if (isImage) {
    source += number * image.image + (shape.input.before - shape.padding) * (image.row + image.pixel);
  } else {
    source += number * input.image + input.first + panel.firstBlock * input.block;
  }
  const size_t row = isImage ? image.row : input.row;
  const size_t pixel = isImage ? image.pixel : size_t(blockBytes);
  Destination destinations[2];
  for (int group = 0; group < panel.groups; group++) {
    destinations[group] = destination(arguments, number, panel.firstGroup + group);
  }
  TileArguments tile{};
  tile.pixelDistance = pixel * shape.stride;
  tile.depth = depth;
  tile.weights = weights + panel.weights;
  // Weights come from the L2 cache, and a step's worth ahead is early enough for it.
  tile.prefetch = tile.weights + size_t(depth) * panel.lanes() * 4;
  tile.prefetchStep = panel.lanes() * 4;
  tile.output = sums;
  tile.lanes = panel.lanes();
  for (int y = firstRow; y < lastRow; y++) {
    for (const Chunk &chunk : rows[size_t(y)].chunks) {
      const std::vector<Step> &steps = lists[panel.groups - 1][size_t(chunk.list)];
      tile.input = source + ptrdiff_t(y) * shape.stride * row + ptrdiff_t(chunk.x) * shape.stride * pixel;
      tile.steps = steps.data();
      tile.stepCount = int(steps.size());
      tile.pixels = chunk.pixels;
      kernels.tile[operand](tile);
      for (int group = 0; group < panel.groups; group++) {
        kernels.store(
          {sums + group * groupChannels, size_t(panel.lanes()), chunk.pixels, y, chunk.x, destinations[group],
           epilogue(panel.firstGroup + group)});
      }
    }
  }
}

void DirectConvolution::runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) {
  const int panelCount = int(panels.size()), height = shape.output.height;
  // Several tasks a thread, so that none waits long at the end; fewer where rows are few.
  const int parts = std::clamp(quotientRoundedUp(8 * threads.count(), panelCount * arguments.images), 1, height);
  // Where a map is larger than the weights its rows stay in the cache while panels change, else a panel stays.
  const bool panelsFirst = input.image > weightBytes;
  // Rows whose input fits half of a small L2 cache.
  const int few = std::max(1, int(size_t(256 << 10) / (input.row * size_t(input.blocks) * shape.stride)));
  const int rowParts = panelsFirst ? std::max(parts, quotientRoundedUp(height, few)) : parts;
  threads.forEach(panelCount * rowParts * arguments.images, [&](int task, int) {
    const int image = task / (panelCount * rowParts), rest = task % (panelCount * rowParts);
    const int panel = panelsFirst ? rest % panelCount : rest / rowParts;
    const int part = panelsFirst ? rest / panelCount : rest % rowParts;
    runRows(arguments, image, panels[size_t(panel)], height * part / rowParts, height * (part + 1) / rowParts);
  });
}

}  // namespace ck
