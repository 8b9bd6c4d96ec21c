#include "Layers.h"

namespace ck {

void add(
  const KernelTable &kernels, const ck_map &first, const ck_map &second, const ck_map &output, ck_activation activation,
  int images, const void *firstSource, const void *secondSource, void *target, Threads &threads) {
  const MapLayout from(first), other(second), to(output);
  threads.forEach(images * output.height, [&](int task, int) {
    const int image = task / output.height, y = task % output.height;
    kernels.add(
      {sourceRow(first, from, firstSource, image, y), sourceRow(second, other, secondSource, image, y),
       targetRow(output, to, target, image, y), activation, output.width});
  });
}

void scaleChannels(
  const KernelTable &kernels, const ck_map &input, const ck_map &scales, const ck_map &output, ck_activation activation,
  int images, const void *source, const void *scalesSource, void *target, Threads &threads) {
  const MapLayout from(input), factors(scales), to(output);
  threads.forEach(images * output.height, [&](int task, int) {
    const int image = task / output.height, y = task % output.height;
    kernels.scaleChannels(
      {sourceRow(input, from, source, image, y), sourceRow(scales, factors, scalesSource, image, 0),
       targetRow(output, to, target, image, y), activation, output.width});
  });
}

}  // namespace ck
