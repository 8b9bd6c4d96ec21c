// Layers other than convolutions: each says which rows or blocks of channels are tasks of their own, and where they
// lie.
#pragma once

#include "KernelTable.h"
#include "Maps.h"
#include "Threads.h"

namespace ck {

inline SourceRow sourceRow(const ck_map &map, const MapLayout &layout, const void *data, int image, int y) {
  const uint8_t *first = static_cast<const uint8_t *>(data) + image * layout.image + layout.pixel(y, 0);
  return {first, layout.block, layout.pixelBytes, layout.blocks, map.element, map.element == CK_UINT8 ? map.scale : 1};
}

inline TargetRow targetRow(const ck_map &map, const MapLayout &layout, void *data, int image, int y) {
  uint8_t *first = static_cast<uint8_t *>(data) + image * layout.image + layout.pixel(y, 0);
  return {
    first,
    layout.block,
    layout.pixelBytes,
    layout.blocks,
    map.channels,
    map.element,
    map.element == CK_UINT8 ? 1 / map.scale : 1};
}

void maximumPool(
  const KernelTable &kernels, const ck_map &input, const ck_map &output, int kernel, int stride, int padding,
  int images, const void *source, void *target, Threads &threads);
void globalAverage(
  const KernelTable &kernels, const ck_map &input, const ck_map &output, int images, const void *source, void *target,
  Threads &threads);
void l2Normalize(
  const KernelTable &kernels, const ck_map &input, const ck_map &output, const float *factors, float epsilon,
  int images, const void *source, void *target, Threads &threads);
void add(
  const KernelTable &kernels, const ck_map &first, const ck_map &second, const ck_map &output, ck_activation activation,
  int images, const void *firstSource, const void *secondSource, void *target, Threads &threads);
void scaleChannels(
  const KernelTable &kernels, const ck_map &input, const ck_map &scales, const ck_map &output, ck_activation activation,
  int images, const void *source, const void *scalesSource, void *target, Threads &threads);

}  // namespace ck
