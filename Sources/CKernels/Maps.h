// Where a map's values lie in memory.
#pragma once

#include <algorithm>
#include <cstring>

#include "CKernels.h"

namespace ck {

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
  ptrdiff_t pixel(int y, int x) const { return ptrdiff_t(first) + ptrdiff_t(row) * y + ptrdiff_t(pixelBytes) * x; }

  ck_element element;
  int blocks;
  size_t pixelBytes, row, block, image, first;
};

// Rounded to the nearest, ties to even. Not a number stays what it is, where rounding could make it infinite.
inline uint16_t bfloat16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  if (value != value) return uint16_t(bits >> 16 | 0x40);
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline float float32(uint16_t bfloat16) {
  const uint32_t bits = uint32_t(bfloat16) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

// One value of a map.
inline float load(const ck_map &map, const uint8_t *from) {
  switch (map.element) {
    case CK_FLOAT32: {
      float value;
      std::memcpy(&value, from, 4);
      return value;
    }
    case CK_BFLOAT16: {
      uint16_t half;
      std::memcpy(&half, from, 2);
      return float32(half);
    }
    case CK_UINT8: return float(*from) * map.scale;
  }
  return 0;
}

inline void store(float value, const ck_map &map, uint8_t *to) {
  switch (map.element) {
    case CK_FLOAT32: std::memcpy(to, &value, 4); break;
    case CK_BFLOAT16: {
      const uint16_t half = bfloat16(value);
      std::memcpy(to, &half, 2);
      break;
    }
    case CK_UINT8: *to = uint8_t(std::clamp(value / map.scale + 0.5f, 0.f, 255.f)); break;
  }
}

}  // namespace ck
