#include "Layers.h"

namespace ck {

void l2Normalize(
  const KernelTable &kernels, const ck_map &input, const ck_map &output, const float *factors, float epsilon,
  int images, const void *source, void *target, Threads &threads) {
  const MapLayout from(input), to(output);
  threads.forEach(images * input.height, [&](int task, int) {
    const int image = task / input.height, y = task % input.height;
    kernels.l2Normalize(
      {sourceRow(input, from, source, image, y), targetRow(output, to, target, image, y), input.width, factors,
       epsilon});
  });
}

}  // namespace ck
