#pragma once
#include <stddef.h>
#include <stdint.h>

// One colour sample of a pixel with straight alpha over white, in the coded (sRGB) space, as
// browsers and image viewers blend.
static inline uint8_t over_white(uint8_t value, uint8_t alpha) {
  return (uint8_t)(255 - ((255 - value) * alpha + 127) / 255);
}

// RGBA with straight alpha to RGB over white.
static inline void composite_over_white(const uint8_t *rgba, uint8_t *rgb, size_t pixels) {
  for (size_t i = 0; i < pixels; i++) {
    for (int channel = 0; channel < 3; channel++) {
      rgb[3 * i + channel] = over_white(rgba[4 * i + channel], rgba[4 * i + 3]);
    }
  }
}
