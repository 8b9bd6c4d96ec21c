#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

// ReLU and 2x2 pooling of stride 2 over maps whose channels lie together. Elements are float, or bfloat16 as
// uint16_t. Comparisons are those of libtorch: the first of equal values wins, and a value that is not a number wins
// over all.

namespace ctorch {

/// Rows, columns and channels of a map and of its pooled one.
struct PoolingShape {
  int64_t images, rows, columns, channels, pooled_rows, pooled_columns;

  PoolingShape(const at::Tensor &map, const at::Tensor &pooled)
      : images(map.size(0)), rows(map.size(2)), columns(map.size(3)), channels(map.size(1)),
        pooled_rows(pooled.size(2)), pooled_columns(pooled.size(3)) {}
};

/// Writes the pooled map, and the place of each maximum in its window: row * 2 + column, or 4 where the ReLU is zero
/// and no gradient goes back.
template <typename Element>
void rectified_pooling(
    const PoolingShape &shape, const Element *map, Element *pooled, uint8_t *places);

/// Writes the gradient of the map: each element of the pooled one's goes to the place its value came from.
template <typename Element>
void rectified_pooling_gradient(
    const PoolingShape &shape, const Element *pooled, const uint8_t *places, Element *map);

}  // namespace ctorch
