#include "Layers.h"

namespace ck {

void maximumPool(
  const KernelTable &kernels, const ck_map &input, const ck_map &output, int kernel, int stride, int padding,
  int images, const void *source, void *target, Threads &threads) {
  const MapLayout from(input), to(output);
  const bool converts = input.element != output.element || (input.element == CK_UINT8 && input.scale != output.scale);
  threads.forEach(images * to.blocks, [&](int task, int) {
    const int image = task / to.blocks, block = task % to.blocks;
    for (int y = 0; y < output.height; y++) {
      // The window's rows and columns that lie on the map.
      const int top = y * stride - padding;
      PoolArguments arguments{};
      arguments.firstRow = std::max(0, -top);
      arguments.endRow = std::min(kernel, input.height - top);
      arguments.input = sourceRow(input, from, source, image, 0);
      arguments.row = from.row;
      arguments.top = top;
      arguments.inputWidth = input.width;
      arguments.output = targetRow(output, to, target, image, y);
      arguments.block = block;
      arguments.width = output.width;
      arguments.kernel = kernel;
      arguments.stride = stride;
      arguments.padding = padding;
      (converts ? kernels.poolConverting : kernels.pool)(arguments);
    }
  });
}

void globalAverage(
  const KernelTable &kernels, const ck_map &input, const ck_map &output, int images, const void *source, void *target,
  Threads &threads) {
  const MapLayout from(input), to(output);
  threads.forEach(images * to.blocks, [&](int task, int) {
    const int image = task / to.blocks, block = task % to.blocks;
    kernels.average(
      {sourceRow(input, from, source, image, 0), from.row, input.height, input.width,
       targetRow(output, to, target, image, 0), block});
  });
}

}  // namespace ck
