#include "RectifiedPooling.h"

#include <algorithm>

#include "Parallel.h"
#include "VectorWidths.h"

namespace ctorch {
namespace {

constexpr uint8_t nowhere = 4;

/// A number that is ordered as an element is, with what is no number above all.
CTORCH_INLINE float key(float element) { return element; }
CTORCH_INLINE int16_t key(uint16_t element) {
  const bool is_nan = (element & 0x7FFF) > 0x7F80;
  const uint16_t ordered = (element & 0x8000) ? element ^ 0x7FFF : element;
  return static_cast<int16_t>(is_nan ? 0x7FFF : ordered);
}

CTORCH_INLINE bool is_greater(float a, float b) { return a > b || a != a; }
CTORCH_INLINE bool is_greater(int16_t a, int16_t b) { return a > b; }

template <typename Element>
CTORCH_INLINE void take(Element value, uint8_t at, Element &best, uint8_t &place) {
  const bool wins = is_greater(key(value), key(best));
  best = wins ? value : best;
  place = wins ? at : place;
}

/// One window, of all channels.
///
/// \param right,below distances to the window's second column and row; 0 where there is none.
template <typename Element>
CTORCH_INLINE void pool(
    const Element *window, int64_t right, int64_t below, int64_t channels,
    Element *__restrict pooled, uint8_t *__restrict places) {
  const Element *second = window + right, *third = window + below, *fourth = third + right;
#pragma clang loop vectorize(enable) interleave_count(1)
  for (int64_t c = 0; c < channels; ++c) {
    Element best = window[c];
    uint8_t place = 0;
    take(second[c], 1, best, place);
    take(third[c], 2, best, place);
    take(fourth[c], 3, best, place);
    const bool is_zero = key(best) <= 0;
    pooled[c] = is_zero ? Element(0) : best;
    places[c] = is_zero ? nowhere : place;
  }
}

/// What goes back to one place of a window, of all channels.
template <typename Element>
CTORCH_INLINE void distribute(
    const Element *__restrict gradient, const uint8_t *__restrict places, uint8_t wanted,
    int64_t channels, Element *__restrict result) {
#pragma clang loop vectorize(enable) interleave_count(1)
  for (int64_t c = 0; c < channels; ++c) {
    result[c] = places[c] == wanted ? gradient[c] : Element(0);
  }
}

CTORCH_FOR_EACH_WIDTH void pool_window(
    const uint16_t *window, int64_t right, int64_t below, int64_t channels, uint16_t *pooled,
    uint8_t *places) {
  pool(window, right, below, channels, pooled, places);
}

CTORCH_FOR_EACH_WIDTH void pool_window(
    const float *window, int64_t right, int64_t below, int64_t channels, float *pooled,
    uint8_t *places) {
  pool(window, right, below, channels, pooled, places);
}

CTORCH_FOR_EACH_WIDTH void distribute_window(
    const uint16_t *gradient, const uint8_t *places, uint8_t wanted, int64_t channels,
    uint16_t *result) {
  distribute(gradient, places, wanted, channels, result);
}

CTORCH_FOR_EACH_WIDTH void distribute_window(
    const float *gradient, const uint8_t *places, uint8_t wanted, int64_t channels,
    float *result) {
  distribute(gradient, places, wanted, channels, result);
}

}  // namespace

template <typename Element>
void rectified_pooling(
    const PoolingShape &shape, const Element *map, Element *pooled, uint8_t *places) {
  const int64_t channels = shape.channels;
  parallel_for(shape.images * shape.pooled_rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      const int64_t image = line / shape.pooled_rows, row = line % shape.pooled_rows * 2;
      for (int64_t column = 0; column < shape.pooled_columns; ++column) {
        const int64_t first = (image * shape.rows + row) * shape.columns + column * 2;
        const int64_t target = (line * shape.pooled_columns + column) * channels;
        pool_window(
            map + first * channels, column * 2 + 1 < shape.columns ? channels : 0,
            row + 1 < shape.rows ? shape.columns * channels : 0, channels, pooled + target,
            places + target);
      }
    }
  });
}

template <typename Element>
void rectified_pooling_gradient(
    const PoolingShape &shape, const Element *pooled, const uint8_t *places, Element *map) {
  const int64_t channels = shape.channels;
  parallel_for(shape.images * shape.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      const int64_t image = line / shape.rows, row = line % shape.rows;
      Element *target = map + line * shape.columns * channels;
      // Without rounding up, no window covers an odd last row or column.
      const int64_t covered =
          row / 2 < shape.pooled_rows ? std::min(shape.columns, shape.pooled_columns * 2) : 0;
      for (int64_t column = 0; column < covered; ++column) {
        const int64_t source =
            ((image * shape.pooled_rows + row / 2) * shape.pooled_columns + column / 2) * channels;
        distribute_window(
            pooled + source, places + source, static_cast<uint8_t>(row % 2 * 2 + column % 2),
            channels, target + column * channels);
      }
      std::fill(target + covered * channels, target + shape.columns * channels, Element(0));
    }
  });
}

template void rectified_pooling(const PoolingShape &, const uint16_t *, uint16_t *, uint8_t *);
template void rectified_pooling(const PoolingShape &, const float *, float *, uint8_t *);
template void rectified_pooling_gradient(
    const PoolingShape &, const uint16_t *, const uint8_t *, uint16_t *);
template void rectified_pooling_gradient(
    const PoolingShape &, const float *, const uint8_t *, float *);

}  // namespace ctorch
