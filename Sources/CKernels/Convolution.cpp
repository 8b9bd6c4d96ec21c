#include "Convolution.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace ck {

namespace {

Operand operandOf(const ck_convolution_shape &shape) {
  switch (shape.input.element) {
    case CK_FLOAT32: return CK_FLOAT32_OPERAND;
    case CK_BFLOAT16: return CK_BFLOAT16_OPERAND;
    case CK_UINT8: return shape.algorithm == CK_DIRECT ? CK_INT8_OPERAND : CK_INT16_OPERAND;
  }
}

}  // namespace

Convolution::Convolution(const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels)
    : shape(shape),
      kernels(kernels),
      input(shape.input),
      output(shape.output),
      pooled(shape.has_pool ? shape.pooled : shape.output),
      operand(operandOf(shape)) {
  const int outputs = shape.output.channels;
  if (shape.segment_count > 0) {
    for (int segment = 0, first = 0; segment < shape.segment_count; first += shape.segments[segment++]) {
      const int columns = shape.segments[segment];
      for (int column = 0; column < columns; column += groupChannels) {
        groups.push_back({first + column, std::min(groupChannels, columns - column), segment, column});
      }
    }
  } else {
    // Whole blocks, so that the channels beyond the last are zero.
    for (int first = 0; first < output.blocks * blockChannels(output.element); first += groupChannels) {
      groups.push_back({first, std::clamp(outputs - first, 0, groupChannels)});
    }
  }
  const int perPanel = kernels.lanes / groupChannels, count = int(groups.size());
  for (int first = 0; first < count; first += perPanel) panels.push_back({first, std::min(perPanel, count - first)});

  factors.assign(groups.size() * groupChannels, 1);
  // The hard sigmoid of -3 is 0, which is what channels beyond the last have to be.
  biases.assign(groups.size() * groupChannels, shape.activation == CK_HARD_SIGMOID ? -3 : 0);
  for (size_t group = 0; group < groups.size(); group++) {
    std::copy_n(bias + groups[group].firstOutput, groups[group].outputs, &biases[group * groupChannels]);
  }

  kPack = 4 / operandBytes(operand);
  pixelsOfStep = shape.input_is_image && shape.dilation == 1 ? shape.kernel : 1;
  channelsOfStep = shape.input.channels * pixelsOfStep;
  blocks = shape.input_is_image ? 1 : quotientRoundedUp(shape.input.channels, blockBytes / operandBytes(operand));
  // A map of one block need not be multiplied beyond its last channel.
  depth = blocks == 1 ? quotientRoundedUp(channelsOfStep, kPack) : blockBytes / 4;
}

bool Convolution::pack(Weights given, void *memory, Threads &threads) {
  if (!memory && !ownWeights.data) {
    ownWeights = Memory(weightBytes);
    if (!ownWeights.data) std::abort();
  }
  weights = memory ? static_cast<uint8_t *>(memory) : ownWeights.data;
  areFinite = true;
  packPanels(given, threads);
  return areFinite;
}

void Convolution::packPanels(Weights given, Threads &threads) {
  const std::unique_ptr<float[]> rows(new float[rowCount() * size_t(threads.count())]);
  threads.forEach(int(panels.size()), [&](int index, int thread) {
    const Panel &panel = panels[size_t(index)];
    packPanel(given, panel, &rows[rowCount() * size_t(thread)], weights + panel.weights);
  });
}

bool Convolution::run(const ck_convolution_run_arguments &arguments, Threads &threads) {
  areFinite = true;
  if (arguments.weights) {
    uint8_t *scratch = static_cast<uint8_t *>(arguments.scratch);
    runPacking(arguments, threads, scratch + inPages(runScratch(arguments.images, threads.count())));
  } else {
    runPacked(arguments, threads);
  }
  return areFinite;
}

size_t Convolution::scratch(int images, int threads, bool packs) const {
  const size_t bytes = runScratch(images, threads);
  return packs ? inPages(bytes) + packScratch(threads) : bytes;
}

void Convolution::runPacking(const ck_convolution_run_arguments &arguments, Threads &threads, uint8_t *memory) {
  weights = memory;
  packPanels(arguments.weights, threads);
  runPacked(arguments, threads);
}

const float *Convolution::firstWeight(Weights weights, const Group &group) const {
  const int first = shape.segment_count > 0 ? group.firstColumn : group.firstOutput;
  return weights[group.segment] + first * weightCount();
}

void Convolution::byLane(Weights weights, const Panel &panel, float *rows) {
  for (int i = 0; i < panel.groups; i++) {
    const Group &group = groups[size_t(panel.firstGroup + i)];
    const bool isGroupFinite = kernels.transpose(
      {firstWeight(weights, group), group.outputs, weightCount(), size_t(panel.lanes()), rows + i * groupChannels});
    if (!isGroupFinite) areFinite = false;
  }
}

namespace {

Destination mapDestination(const MapLayout &layout, float scale, void *data, int image, int group) {
  const int perBlock = blockChannels(layout.element) / groupChannels;
  uint8_t *first = static_cast<uint8_t *>(data) + image * layout.image + layout.first + group / perBlock * layout.block
    + group % perBlock * (blockBytes / perBlock);
  return {first, layout.row, layout.pixelBytes, layout.element, groupChannels, 1 / scale};
}

}  // namespace

Destination Convolution::destination(const ck_convolution_run_arguments &arguments, int image, int group) const {
  if (shape.segment_count > 0) {
    const Group &g = groups[size_t(group)];
    const size_t columns = size_t(shape.segments[g.segment]);
    float *first = arguments.rows[g.segment] + image * arguments.row_distances[g.segment] + g.firstColumn;
    return {
      reinterpret_cast<uint8_t *>(first), shape.output.width * columns * 4, columns * 4, CK_FLOAT32, g.outputs, 1};
  }
  if (shape.has_pool && !shape.keeps_output) return {};
  return mapDestination(output, shape.output.scale, arguments.output, image, group);
}

Destination Convolution::pooledDestination(const ck_convolution_run_arguments &arguments, int image, int group) const {
  if (!shape.has_pool) return {};
  return mapDestination(pooled, shape.pooled.scale, arguments.pooled, image, group);
}

}  // namespace ck
