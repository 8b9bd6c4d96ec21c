// Where a map's values lie in memory.
#pragma once

#include <cstring>

#include "CKernels.h"

constexpr int blockBytes = 64;

inline constexpr int elementBytes(ck_element element) {
  return element == CK_FLOAT32 ? 4 : element == CK_BFLOAT16 ? 2 : 1;
}

// Channels in a block.
inline int blockChannels(ck_element element) { return blockBytes / elementBytes(element); }

inline constexpr int roundedUp(int count, int multiple) { return (count + multiple - 1) / multiple * multiple; }

inline int quotientRoundedUp(int count, int divisor) { return (count + divisor - 1) / divisor; }

// The distances of a map's parts in bytes.
struct MapLayout {
  explicit MapLayout(const ck_map &map)
      : element(map.element),
        blocks(quotientRoundedUp(map.channels, blockChannels(map.element))),
        pixelBytes(map.is_channels_last ? size_t(blocks) * blockBytes : size_t(blockBytes)),
        row(size_t(map.width + map.before + map.after) * pixelBytes),
        block(map.is_channels_last ? size_t(blockBytes) : row * (map.height + map.before + map.after)),
        image(row * (map.height + map.before + map.after) * (map.is_channels_last ? 1 : blocks)),
        first(size_t(map.before) * (row + pixelBytes)) {}

  // The offset of a pixel in the first block; rows and columns may lie in the border.
  ptrdiff_t pixel(int y, int x) const {
    return ptrdiff_t(first) + ptrdiff_t(row) * y + ptrdiff_t(pixelBytes) * x;
  }

  ck_element element;
  int blocks;
  size_t pixelBytes, row, block, image, first;
};

inline uint16_t bfloat16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline float float32(uint16_t bfloat16) {
  const uint32_t bits = uint32_t(bfloat16) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}
