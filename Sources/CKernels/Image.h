// Images as first convolutions read them: three channels side by side, so that a row of a kernel's taps is one step.
#pragma once

#include "KernelTable.h"
#include "Maps.h"
#include "Threads.h"

namespace ck {

// The distances of an image's parts in bytes.
struct ImageLayout {
  explicit ImageLayout(const ck_map &map)
      : pixel(3 * size_t(elementBytes(map.element))),
        row(size_t(map.width + map.before + map.after) * pixel),
        rows(size_t(map.height + map.before + map.after) * row),
        // The last step may read a vector beyond the last row.
        image((rows + 2 * blockBytes - 1) / blockBytes * blockBytes),
        first(size_t(map.before) * (row + pixel)) {}

  size_t pixel, row, rows, image, first;
};

void normalizeImages(
  const KernelTable &kernels, const uint8_t *pixels, int images, const ck_map &image, const float factors[3],
  const float shifts[3], void *output, Threads &threads);
void loadImages(const float *values, int images, const ck_map &image, void *output, Threads &threads);

}  // namespace ck
