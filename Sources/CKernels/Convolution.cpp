#include "Convolution.h"

#include <algorithm>
#include <memory>

#include "DirectConvolution.h"
#include "WinogradConvolution.h"

namespace {

Operand operandOf(const ck_convolution_shape &shape) {
  switch (shape.input.element) {
    case CK_FLOAT32: return CK_FLOAT32_OPERAND;
    case CK_BFLOAT16: return CK_BFLOAT16_OPERAND;
    case CK_UINT8: return shape.algorithm == CK_DIRECT ? CK_BYTE_OPERAND : CK_WORD_OPERAND;
  }
}

}  // namespace

ck_convolution::ck_convolution(const ck_convolution_shape &shape, const float *bias, ck_instruction_set set)
    : shape(shape),
      kernels(::kernels(set)),
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
  biases.assign(groups.size() * groupChannels, 0);
  for (size_t group = 0; group < groups.size(); group++) {
    std::copy_n(bias + groups[group].firstOutput, groups[group].outputs, &biases[group * groupChannels]);
  }

  together = 4 / operandBytes(operand);
  blocks = isImage() ? 1 : quotientRoundedUp(shape.input.channels, blockBytes / operandBytes(operand));
  const int steps = isImage() ? quotientRoundedUp(3 * shape.kernel, together)
                              : quotientRoundedUp(shape.input.channels, together);
  // A map of one block need not be multiplied beyond its last channel.
  depth = blocks == 1 ? steps : blockBytes / 4;
}

bool ck_convolution::pack(Weights given, void *memory, ck_threads &threads) {
  if (!memory && !ownWeights.data) ownWeights = Memory(weightBytes);
  weights = memory ? static_cast<uint8_t *>(memory) : ownWeights.data;
  areFinite = true;
  packPanels(given, threads);
  return areFinite;
}

void ck_convolution::packPanels(Weights given, ck_threads &threads) {
  const std::unique_ptr<float[]> rows(new float[rowCount() * size_t(threads.count())]);
  threads.forEach(int(panels.size()), [&](int index, int thread) {
    const Panel &panel = panels[size_t(index)];
    packPanel(given, panel, &rows[rowCount() * size_t(thread)], weights + panel.weights);
  });
}

bool ck_convolution::run(const ck_convolution_run_arguments &arguments, ck_threads &threads) {
  areFinite = true;
  if (arguments.weights) {
    uint8_t *scratch = static_cast<uint8_t *>(arguments.scratch);
    runPacking(arguments, threads, scratch + inPages(runScratch(arguments.images, threads.count())));
  } else {
    runPacked(arguments, threads);
  }
  return areFinite;
}

size_t ck_convolution::scratch(int images, int threads, bool packs) const {
  const size_t bytes = runScratch(images, threads);
  return packs ? inPages(bytes) + packScratch(threads) : bytes;
}

void ck_convolution::runPacking(
  const ck_convolution_run_arguments &arguments, ck_threads &threads, uint8_t *memory) {
  weights = memory;
  packPanels(arguments.weights, threads);
  runPacked(arguments, threads);
}

const float *ck_convolution::firstWeight(Weights weights, const Group &group) const {
  const int first = shape.segment_count > 0 ? group.firstColumn : group.firstOutput;
  return weights[group.segment] + first * weightCount();
}

void ck_convolution::byLane(Weights weights, const Panel &panel, float *rows) {
  for (int i = 0; i < panel.groups; i++) {
    const Group &group = groups[size_t(panel.firstGroup + i)];
    const bool isGroupFinite = kernels.transpose(
      {firstWeight(weights, group), group.outputs, weightCount(), size_t(panel.lanes()),
       rows + i * groupChannels});
    if (!isGroupFinite) areFinite = false;
  }
}

namespace {

Destination mapDestination(const MapLayout &layout, float scale, void *data, int image, int group) {
  const int perBlock = blockChannels(layout.element) / groupChannels;
  uint8_t *first = static_cast<uint8_t *>(data) + image * layout.image + layout.first
    + group / perBlock * layout.block + group % perBlock * (blockBytes / perBlock);
  return {first, layout.row, layout.pixelBytes, layout.element, groupChannels, 1 / scale};
}

}  // namespace

Destination ck_convolution::destination(
  const ck_convolution_run_arguments &arguments, int image, int group) const {
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

Destination ck_convolution::pooledDestination(
  const ck_convolution_run_arguments &arguments, int image, int group) const {
  if (!shape.has_pool) return {};
  return mapDestination(pooled, shape.pooled.scale, arguments.pooled, image, group);
}

ck_convolution *ck_convolution_create(
  const ck_convolution_shape *shape, const float *bias, ck_instruction_set set) {
  if (shape->algorithm == CK_DIRECT) return new DirectConvolution(*shape, bias, set);
  return new WinogradConvolution(*shape, bias, set);
}

void ck_convolution_destroy(ck_convolution *convolution) { delete convolution; }

size_t ck_convolution_scratch(const ck_convolution *convolution, int32_t images, int32_t threads, bool packs) {
  return convolution->scratch(images, threads, packs);
}

size_t ck_convolution_weight_bytes(const ck_convolution *convolution) { return convolution->weightBytes; }

bool ck_convolution_pack(
  ck_convolution *convolution, const float *const *weights, void *memory, ck_threads *threads) {
  return convolution->pack(weights, memory, *threads);
}

double ck_convolution_multiplications(const ck_convolution *convolution) { return convolution->multiplications; }

bool ck_convolution_run(
  ck_convolution *convolution, const ck_convolution_run_arguments *arguments, ck_threads *threads) {
  return convolution->run(*arguments, *threads);
}
