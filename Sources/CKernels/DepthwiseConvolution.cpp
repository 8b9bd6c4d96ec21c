#include "DepthwiseConvolution.h"

#include <algorithm>

namespace ck {

DepthwiseConvolution::DepthwiseConvolution(
  const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels)
    : Convolution(shape, bias, kernels) {
  panels.clear();
  for (int group = 0; group < int(groups.size()); group++) {
    panels.push_back({group, 1, weightBytes});
    weightBytes += weightCount() * groupChannels * sizeof(float);
  }
  if (shape.input.element == CK_UINT8) std::fill(factors.begin(), factors.end(), shape.input.scale);
  multiplications = double(shape.output.height) * shape.output.width * weightCount() * groups.size() * groupChannels;
}

void DepthwiseConvolution::packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) {
  byLane(given, panel, rows);
  std::memcpy(to, rows, weightCount() * groupChannels * sizeof(float));
}

void DepthwiseConvolution::runRows(
  const ck_convolution_run_arguments &arguments, int image, int firstGroup, int endGroup, int firstRow,
  int endRow) const {
  const int perBlock = blockChannels(input.element) / groupChannels;
  const uint8_t *source = static_cast<const uint8_t *>(arguments.input) + image * input.image;
  DepthwiseArguments row{};
  row.element = input.element;
  row.row = input.row * size_t(shape.dilation);
  row.tap = size_t(blockBytes) * size_t(shape.dilation);
  row.pixel = size_t(blockBytes) * size_t(shape.stride);
  row.stride = shape.stride;
  row.dilation = shape.dilation;
  row.width = shape.output.width;
  for (int y = firstRow; y < endRow; y++) {
    const uint8_t *first = source + input.pixel(y * shape.stride - shape.padding, -shape.padding);
    row.y = y;
    for (int group = firstGroup; group < endGroup; group++) {
      row.input = first + group / perBlock * input.block + group % perBlock * (blockBytes / perBlock);
      // The output's last block may have channels for which the input has no block.
      row.kernel = group < input.blocks * perBlock ? shape.kernel : 0;
      row.weights = reinterpret_cast<const float *>(weights + panels[size_t(group)].weights);
      row.destination = destination(arguments, image, group);
      row.epilogue = epilogue(group);
      kernels.depthwise(row);
    }
  }
}

void DepthwiseConvolution::runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) {
  // Whole blocks of both maps, so that no two threads write to one line, nor read half of one each.
  const int perTask = std::max(blockChannels(input.element), blockChannels(output.element)) / groupChannels;
  const int groupCount = int(groups.size()), tasks = quotientRoundedUp(groupCount, perTask);
  const int height = shape.output.height;
  // Several tasks a thread, so that none waits long at the end.
  const int parts = std::clamp(quotientRoundedUp(8 * threads.count(), tasks * arguments.images), 1, height);
  threads.forEach(tasks * parts * arguments.images, [&](int task, int) {
    const int image = task / (tasks * parts), rest = task % (tasks * parts);
    const int firstGroup = rest / parts * perTask, part = rest % parts;
    runRows(
      arguments, image, firstGroup, std::min(groupCount, firstGroup + perTask), height * part / parts,
      height * (part + 1) / parts);
  });
}

}  // namespace ck
