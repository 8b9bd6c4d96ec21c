#include "Image.h"

#include <algorithm>

namespace ck {

namespace {

void clearBorder(const ck_map &map, const ImageLayout &layout, uint8_t *image) {
  const size_t left = size_t(map.before) * layout.pixel, right = size_t(map.after) * layout.pixel;
  std::memset(image, 0, size_t(map.before) * layout.row);
  for (int y = 0; y < map.height; y++) {
    uint8_t *row = image + size_t(map.before + y) * layout.row;
    std::memset(row, 0, left);
    std::memset(row + layout.row - right, 0, right);
  }
  const size_t below = size_t(map.before + map.height) * layout.row;
  std::memset(image + below, 0, layout.image - below);
}

}  // namespace

void normalizeImages(
  const KernelTable &kernels, const uint8_t *pixels, int images, const ck_map &map, const float factors[3],
  const float shifts[3], void *output, Threads &threads) {
  const ImageLayout layout(map);
  constexpr int rows = 32;
  const int parts = quotientRoundedUp(map.height, rows);
  threads.forEach(images * parts, [&](int task, int) {
    const int image = task / parts, first = task % parts * rows;
    uint8_t *data = static_cast<uint8_t *>(output) + image * layout.image;
    if (first == 0) clearBorder(map, layout, data);
    for (int y = first; y < std::min(map.height, first + rows); y++) {
      kernels.normalizePixels(
        pixels + (size_t(image) * map.height + y) * size_t(map.width) * 3, map.width, factors, shifts, map.element,
        data + layout.first + y * layout.row);
    }
  });
}

void loadImages(const float *values, int images, const ck_map &map, void *output, Threads &threads) {
  const ImageLayout layout(map);
  const size_t plane = size_t(map.height) * map.width, size = elementBytes(map.element);
  threads.forEach(images, [&](int image, int) {
    uint8_t *data = static_cast<uint8_t *>(output) + image * layout.image;
    clearBorder(map, layout, data);
    for (int y = 0; y < map.height; y++) {
      uint8_t *to = data + layout.first + y * layout.row;
      for (int x = 0; x < map.width; x++) {
        for (int channel = 0; channel < 3; channel++, to += size) {
          store(values[(size_t(image) * 3 + channel) * plane + size_t(y) * map.width + x], map, to);
        }
      }
    }
  });
}

}  // namespace ck
