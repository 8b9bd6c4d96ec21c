// Memory, images, pooling, normalisation, and moving maps in and out.
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

#include "KernelTable.h"
#include "Maps.h"
#include "Threads.h"

namespace {

constexpr size_t hugePage = 2 << 20;

}  // namespace

// The system's fresh pages are zero. They are not touched here, where one thread would wait for all of them: whoever
// writes first gets them, and where memory is not at hand (on a virtual machine, say) that takes longer than packing.
void *ck_allocate(size_t bytes) {
  // Small things are not worth a huge page each.
  const bool isLarge = bytes >= hugePage;
  const size_t alignment = isLarge ? hugePage : 4096;
  bytes = (bytes + alignment - 1) / alignment * alignment;
  if (!isLarge) {
    void *memory = std::aligned_alloc(alignment, bytes);
    if (!memory) std::abort();
    return std::memset(memory, 0, bytes);
  }
  const size_t reserved = bytes + hugePage;
  void *mapped = mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) std::abort();
  uint8_t *first = static_cast<uint8_t *>(mapped);
  const size_t before = (hugePage - reinterpret_cast<uintptr_t>(first) % hugePage) % hugePage;
  if (before > 0) munmap(first, before);
  munmap(first + before + bytes, reserved - before - bytes);
#if defined(MADV_HUGEPAGE)
  madvise(first + before, bytes, MADV_HUGEPAGE);
#endif
  return first + before;
}

void ck_free(void *memory, size_t bytes) {
  if (bytes >= hugePage) {
    munmap(memory, (bytes + hugePage - 1) / hugePage * hugePage);
  } else {
    std::free(memory);
  }
}

size_t ck_map_bytes(const ck_map *map) { return MapLayout(*map).image; }

size_t ck_image_bytes(ck_element element, int32_t size) {
  const size_t bytes = size_t(size + 2) * size_t(size + 2) * 3 * size_t(elementBytes(element));
  return (bytes + 2 * blockBytes - 1) / blockBytes * blockBytes;
}

namespace {

// The first pixel of row y.
uint8_t *imageRow(void *images, ck_element element, int size, int image, int y) {
  const size_t pixel = 3 * size_t(elementBytes(element));
  return static_cast<uint8_t *>(images) + image * ck_image_bytes(element, size)
    + (size_t(y + 1) * size_t(size + 2) + 1) * pixel;
}

void clearImageBorder(void *images, ck_element element, int size, int image) {
  const size_t pixel = 3 * size_t(elementBytes(element)), row = size_t(size + 2) * pixel;
  uint8_t *first = imageRow(images, element, size, image, -1) - pixel;
  std::memset(first, 0, row);
  for (int y = 0; y < size; y++) {
    std::memset(first + size_t(y + 1) * row, 0, pixel);
    std::memset(first + size_t(y + 2) * row - pixel, 0, pixel);
  }
  std::memset(first + size_t(size + 1) * row, 0, ck_image_bytes(element, size) - size_t(size + 1) * row);
}

}  // namespace

void ck_image_normalize(
  ck_instruction_set set, const uint8_t *pixels, int32_t images, int32_t size, const float factors[3],
  const float shifts[3], ck_element element, void *output, ck_threads *threads) {
  constexpr int rows = 32;
  const int parts = quotientRoundedUp(size, rows);
  threads->forEach(images * parts, [&](int task, int) {
    const int image = task / parts, first = task % parts * rows;
    if (first == 0) clearImageBorder(output, element, size, image);
    for (int y = first; y < std::min(size, first + rows); y++) {
      kernels(set).normalizePixels(
        pixels + (size_t(image) * size + y) * size_t(size) * 3, size, factors, shifts, element,
        imageRow(output, element, size, image, y));
    }
  });
}

void ck_image_load(
  const float *values, int32_t images, int32_t size, ck_element element, void *output, ck_threads *threads) {
  threads->forEach(images, [&](int image, int) {
    clearImageBorder(output, element, size, image);
    for (int y = 0; y < size; y++) {
      uint8_t *row = imageRow(output, element, size, image, y);
      for (int x = 0; x < size; x++) {
        for (int channel = 0; channel < 3; channel++) {
          const float value = values[((size_t(image) * 3 + channel) * size + y) * size_t(size) + x];
          if (element == CK_FLOAT32) {
            std::memcpy(row + (x * 3 + channel) * 4, &value, 4);
          } else {
            const uint16_t half = bfloat16(value);
            std::memcpy(row + (x * 3 + channel) * 2, &half, 2);
          }
        }
      }
    }
  });
}

void ck_maximum_pool(
  ck_instruction_set set, const ck_map *input, const ck_map *output, int32_t kernel, int32_t stride,
  int32_t padding, int32_t images, const void *source, void *target, ck_threads *threads) {
  const MapLayout from(*input), to(*output);
  threads->forEach(images * to.blocks, [&](int task, int) {
    const int image = task / to.blocks, block = task % to.blocks;
    const uint8_t *first = static_cast<const uint8_t *>(source) + image * from.image + block * from.block;
    uint8_t *result = static_cast<uint8_t *>(target) + image * to.image + block * to.block;
    for (int y = 0; y < output->height; y++) {
      kernels(set).pool(
        {input->element, first + from.pixel(y * stride - padding, -padding), result + to.pixel(y, 0), from.row,
         output->width, kernel, stride});
    }
  });
}

void ck_normalize_length(
  ck_instruction_set set, const ck_map *input, const ck_map *output, const float *factors, int32_t images,
  const void *source, void *target, ck_threads *threads) {
  const MapLayout from(*input), to(*output);
  threads->forEach(images * input->height, [&](int task, int) {
    const int image = task / input->height, y = task % input->height;
    kernels(set).normalizeLength(
      {static_cast<const uint8_t *>(source) + image * from.image + from.pixel(y, 0), from.block, from.blocks,
       input->element, input->scale, input->width, factors,
       static_cast<uint8_t *>(target) + image * to.image + to.pixel(y, 0), to.block, to.blocks, output->element,
       1 / output->scale});
  });
}

void ck_clear_border(const ck_map *map, int32_t images, void *data, ck_threads *threads) {
  const MapLayout layout(*map);
  threads->forEach(images * layout.blocks, [&](int task, int) {
    uint8_t *first = static_cast<uint8_t *>(data) + task / layout.blocks * layout.image
      + task % layout.blocks * layout.block;
    const size_t left = size_t(map->before) * blockBytes, right = size_t(map->after) * blockBytes;
    std::memset(first, 0, map->before * layout.row);
    for (int y = 0; y < map->height; y++) {
      uint8_t *row = first + size_t(map->before + y) * layout.row;
      std::memset(row, 0, left);
      std::memset(row + layout.row - right, 0, right);
    }
    std::memset(first + size_t(map->before + map->height) * layout.row, 0, map->after * layout.row);
  });
}

void ck_map_load(
  const ck_map *source_map, const ck_map *target_map, int32_t images, const void *source, void *target,
  ck_threads *threads) {
  const MapLayout from(*source_map), to(*target_map);
  ck_clear_border(target_map, images, target, threads);
  threads->forEach(images * source_map->height, [&](int task, int) {
    const int image = task / source_map->height, y = task % source_map->height;
    const uint8_t *row = static_cast<const uint8_t *>(source) + image * from.image + from.pixel(y, 0);
    uint8_t *result = static_cast<uint8_t *>(target) + image * to.image + to.pixel(y, 0);
    for (int block = 0; block < to.blocks; block++, row += from.block, result += to.block) {
      for (int x = 0; x < source_map->width; x++)
        std::memcpy(result + x * to.pixelBytes, row + x * from.pixelBytes, blockBytes);
    }
  });
}

namespace {

template <class Body>
void forEachValue(const ck_map &map, int images, const Body &body) {
  const MapLayout layout(map);
  const int perBlock = blockChannels(map.element), size = elementBytes(map.element);
  size_t index = 0;
  for (int image = 0; image < images; image++) {
    for (int channel = 0; channel < map.channels; channel++) {
      for (int y = 0; y < map.height; y++) {
        for (int x = 0; x < map.width; x++, index++) {
          body(
            index, image * layout.image + channel / perBlock * layout.block + size_t(layout.pixel(y, x))
              + size_t(channel % perBlock * size));
        }
      }
    }
  }
}

}  // namespace

void ck_map_read(const ck_map *map, int32_t images, const void *data, float *values) {
  const uint8_t *bytes = static_cast<const uint8_t *>(data);
  forEachValue(*map, images, [&](size_t index, size_t offset) {
    switch (map->element) {
      case CK_FLOAT32: std::memcpy(values + index, bytes + offset, 4); break;
      case CK_BFLOAT16: {
        uint16_t half;
        std::memcpy(&half, bytes + offset, 2);
        values[index] = float32(half);
        break;
      }
      case CK_UINT8: values[index] = float(bytes[offset]) * map->scale; break;
    }
  });
}

void ck_map_write(const ck_map *map, int32_t images, const float *values, void *data) {
  std::memset(data, 0, ck_map_bytes(map) * size_t(images));
  uint8_t *bytes = static_cast<uint8_t *>(data);
  forEachValue(*map, images, [&](size_t index, size_t offset) {
    switch (map->element) {
      case CK_FLOAT32: std::memcpy(bytes + offset, values + index, 4); break;
      case CK_BFLOAT16: {
        const uint16_t half = bfloat16(values[index]);
        std::memcpy(bytes + offset, &half, 2);
        break;
      }
      case CK_UINT8:
        bytes[offset] = uint8_t(std::clamp(values[index] / map->scale + 0.5f, 0.f, 255.f));
        break;
    }
  });
}
