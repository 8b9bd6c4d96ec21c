#pragma once

#include <cstdint>

// Each position's channels divided by their Euclidean length and multiplied by a factor each, over maps of bfloat16 (as
// uint16_t) whose channels lie together. Sums are float.

namespace ctorch {

/// Writes the scaled map, and what each position was multiplied by.
void normalize_channels(
    const uint16_t *map, const float *factors, int64_t positions, int64_t channels, float epsilon,
    uint16_t *result, float *inverse_lengths);

/// Writes the gradient of the map, and adds that of the factors to `factor_gradients`.
void normalize_channels_gradient(
    const uint16_t *map, const float *factors, const float *inverse_lengths,
    const uint16_t *gradient, int64_t positions, int64_t channels, uint16_t *map_gradient,
    float *factor_gradients);

}  // namespace ctorch
