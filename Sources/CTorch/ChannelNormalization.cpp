#include "ChannelNormalization.h"

#include <bit>
#include <cmath>
#include <vector>

#include "Parallel.h"
#include "VectorWidths.h"

namespace ctorch {
namespace {

CTORCH_INLINE float widened(uint16_t element) {
  return std::bit_cast<float>(static_cast<uint32_t>(element) << 16);
}

/// The nearest bfloat16, ties to even; what is no number stays none.
CTORCH_INLINE uint16_t narrowed(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
  return static_cast<uint16_t>((bits & 0x7FFFFFFF) > 0x7F800000 ? 0x7FC0 : rounded);
}

CTORCH_FOR_EACH_WIDTH float squared_length(const uint16_t *map, int64_t channels) {
#pragma clang fp reassociate(on)
  float sum = 0;
#pragma clang loop vectorize(enable)
  for (int64_t c = 0; c < channels; ++c) sum += widened(map[c]) * widened(map[c]);
  return sum;
}

CTORCH_FOR_EACH_WIDTH void scale(
    const uint16_t *map, const float *factors, float inverse, int64_t channels,
    uint16_t *__restrict result) {
#pragma clang loop vectorize(enable)
  for (int64_t c = 0; c < channels; ++c) {
    result[c] = narrowed(widened(map[c]) * inverse * factors[c]);
  }
}

/// Adds to the factors' gradient, and returns the sum of map * gradient * factor.
CTORCH_FOR_EACH_WIDTH float project(
    const uint16_t *map, const uint16_t *gradient, const float *factors, float inverse,
    int64_t channels, float *__restrict factor_gradients) {
#pragma clang fp reassociate(on)
  float sum = 0;
#pragma clang loop vectorize(enable)
  for (int64_t c = 0; c < channels; ++c) {
    const float product = widened(map[c]) * widened(gradient[c]);
    factor_gradients[c] += product * inverse;
    sum += product * factors[c];
  }
  return sum;
}

CTORCH_FOR_EACH_WIDTH void distribute(
    const uint16_t *map, const uint16_t *gradient, const float *factors, float inverse, float along,
    int64_t channels, uint16_t *__restrict result) {
#pragma clang loop vectorize(enable)
  for (int64_t c = 0; c < channels; ++c) {
    result[c] =
        narrowed(inverse * (widened(gradient[c]) * factors[c] - widened(map[c]) * along));
  }
}

}  // namespace

void normalize_channels(
    const uint16_t *map, const float *factors, int64_t positions, int64_t channels, float epsilon,
    uint16_t *result, float *inverse_lengths) {
  parallel_for(positions, 64, [&](int64_t begin, int64_t end) {
    for (int64_t position = begin; position < end; ++position) {
      const uint16_t *row = map + position * channels;
      const float inverse = 1 / std::sqrt(squared_length(row, channels) + epsilon);
      inverse_lengths[position] = inverse;
      scale(row, factors, inverse, channels, result + position * channels);
    }
  });
}

void normalize_channels_gradient(
    const uint16_t *map, const float *factors, const float *inverse_lengths,
    const uint16_t *gradient, int64_t positions, int64_t channels, uint16_t *map_gradient,
    float *factor_gradients) {
  // A sum for each of a fixed number of chunks, so that the result does not depend on which thread has which.
  const int64_t chunks = 16, length = (positions + chunks - 1) / chunks;
  std::vector<float> sums(static_cast<size_t>(chunks * channels));
  parallel_for(chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      float *sum = sums.data() + chunk * channels;
      for (int64_t position = chunk * length; position < std::min((chunk + 1) * length, positions);
           ++position) {
        const uint16_t *row = map + position * channels;
        const uint16_t *incoming = gradient + position * channels;
        const float inverse = inverse_lengths[position];
        const float dot = project(row, incoming, factors, inverse, channels, sum);
        distribute(
            row, incoming, factors, inverse, dot * inverse * inverse, channels,
            map_gradient + position * channels);
      }
    }
  });
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    for (int64_t c = 0; c < channels; ++c) factor_gradients[c] += sums[chunk * channels + c];
  }
}

}  // namespace ctorch
