#include "Layout.h"

namespace ck {

void clearBorder(const ck_map &map, int images, void *data, Threads &threads) {
  const MapLayout layout(map);
  threads.forEach(images * layout.blocks, [&](int task, int) {
    uint8_t *first =
      static_cast<uint8_t *>(data) + task / layout.blocks * layout.image + task % layout.blocks * layout.block;
    const size_t left = size_t(map.before) * blockBytes, right = size_t(map.after) * blockBytes;
    std::memset(first, 0, map.before * layout.row);
    for (int y = 0; y < map.height; y++) {
      uint8_t *row = first + size_t(map.before + y) * layout.row;
      std::memset(row, 0, left);
      std::memset(row + layout.row - right, 0, right);
    }
    std::memset(first + size_t(map.before + map.height) * layout.row, 0, map.after * layout.row);
  });
}

void loadMap(
  const ck_map &sourceMap, const ck_map &targetMap, int images, const void *source, void *target, Threads &threads) {
  const MapLayout from(sourceMap), to(targetMap);
  clearBorder(targetMap, images, target, threads);
  threads.forEach(images * sourceMap.height, [&](int task, int) {
    const int image = task / sourceMap.height, y = task % sourceMap.height;
    const uint8_t *row = static_cast<const uint8_t *>(source) + image * from.image + from.pixel(y, 0);
    uint8_t *result = static_cast<uint8_t *>(target) + image * to.image + to.pixel(y, 0);
    for (int block = 0; block < to.blocks; block++, row += from.block, result += to.block) {
      for (int x = 0; x < sourceMap.width; x++)
        std::memcpy(result + x * to.pixelBytes, row + x * from.pixelBytes, blockBytes);
    }
  });
}

namespace {

// Calls body(index, offset) for every value of a map: its index in a tensor (images, channels, height, width), and
// where it lies, in bytes.
template <class Body>
void forEachValue(const ck_map &map, int images, const Body &body) {
  const MapLayout layout(map);
  const int perBlock = blockChannels(map.element), size = elementBytes(map.element);
  size_t index = 0;
  for (int image = 0; image < images; image++) {
    for (int channel = 0; channel < map.channels; channel++) {
      const size_t first = image * layout.image + channel / perBlock * layout.block + size_t(channel % perBlock * size);
      for (int y = 0; y < map.height; y++) {
        for (int x = 0; x < map.width; x++, index++) body(index, first + size_t(layout.pixel(y, x)));
      }
    }
  }
}

}  // namespace

void readMap(const ck_map &map, int images, const void *data, float *values) {
  const uint8_t *bytes = static_cast<const uint8_t *>(data);
  forEachValue(map, images, [&](size_t index, size_t offset) { values[index] = load(map, bytes + offset); });
}

void writeMap(const ck_map &map, int images, const float *values, void *data) {
  std::memset(data, 0, MapLayout(map).image * size_t(images));
  uint8_t *bytes = static_cast<uint8_t *>(data);
  forEachValue(map, images, [&](size_t index, size_t offset) { store(values[index], map, bytes + offset); });
}

}  // namespace ck
