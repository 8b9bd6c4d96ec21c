// What all comparisons share: random values, memory that is not zero to begin with, and the definitions in double
// precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

// By its path: as a dependency it would be a module, which SwiftPM does not build for C++.
#include "../../Sources/CKernels/include/CKernels.h"

namespace stress {

struct InstructionSet {
  ck_instruction_set set;
  const char *name;
};

inline constexpr InstructionSet instructionSets[] = {
  {CK_PORTABLE, "portable"},        {CK_NEON, "NEON"}, {CK_AVX2, "AVX2"}, {CK_AVX512, "AVX-512"},
  {CK_AVX512_BF16, "AVX-512 BF16"},
};

inline constexpr ck_element elements[] = {CK_FLOAT32, CK_BFLOAT16, CK_UINT8};

struct Tally {
  int comparisons = 0, failures = 0;

  // Counts a comparison, and says whether it failed.
  bool fails(bool isRight) {
    comparisons++;
    failures += !isRight;
    return !isRight;
  }
};

struct Difference {
  double error, scale;
  double relative() const { return scale > 0 ? error / scale : error; }
};

inline constexpr Difference wrong = {1e30, 1};

inline Difference compared(const std::vector<float> &values, const std::vector<double> &expected) {
  Difference d{values.size() == expected.size() ? 0.0 : 1e30, 0};
  for (size_t i = 0; i < std::min(values.size(), expected.size()); i++) {
    const double error = std::fabs(values[i] - expected[i]);
    // Not a number is an error, too.
    d.error = error <= d.error ? d.error : error;
    d.scale = std::max(d.scale, std::fabs(expected[i]));
  }
  return d;
}

inline std::vector<float> drawn(size_t count, double low, double high, std::mt19937 &random) {
  std::uniform_real_distribution<float> distribution{float(low), float(high)};
  std::vector<float> values(count);
  for (float &value : values) value = distribution(random);
  return values;
}

inline double activated(double value, ck_activation activation) {
  const double gate = std::clamp(value + 3, 0.0, 6.0) / 6;
  switch (activation) {
    case CK_NO_ACTIVATION: return value;
    case CK_RELU: return std::max(value, 0.0);
    case CK_RELU6: return std::clamp(value, 0.0, 6.0);
    case CK_HARD_SWISH: return value * gate;
    case CK_HARD_SIGMOID: return gate;
  }
  return value;
}

// Memory that begins as something other than zeros, so that what is never written shows.
struct Filled {
  explicit Filled(size_t bytes, uint8_t value = 0x7b) : bytes(bytes), data(ck_allocate(bytes)) {
    std::fill_n(static_cast<uint8_t *>(data), bytes, value);
  }
  ~Filled() { ck_free(data, bytes); }
  Filled(const Filled &) = delete;
  size_t bytes;
  void *data;
};

inline int blockChannels(ck_element element) { return element == CK_FLOAT32 ? 16 : element == CK_BFLOAT16 ? 32 : 64; }

inline size_t valueCount(const ck_map &map) { return size_t(map.channels) * map.height * map.width; }

inline std::vector<float> valuesOf(const ck_map &map, int images, const void *data) {
  std::vector<float> values(valueCount(map) * images);
  ck_map_read(&map, images, data, values.data());
  return values;
}

// Whether the channels of a map's last block beyond its own are zero.
inline bool isZeroPadded(const ck_map &map, int images, const void *data) {
  const int perBlock = blockChannels(map.element);
  ck_map all = map;
  all.channels = (map.channels + perBlock - 1) / perBlock * perBlock;
  const std::vector<float> whole = valuesOf(all, images, data);
  const int plane = map.height * map.width;
  for (int image = 0; image < images; image++)
    for (int channel = map.channels; channel < all.channels; channel++)
      for (int pixel = 0; pixel < plane; pixel++)
        if (whole[(size_t(image) * all.channels + channel) * plane + pixel] != 0) return false;
  return true;
}

// Maxima over windows of planes (planes, height, width); what lies outside counts as minus infinity.
template <class Value>
std::vector<double> pooled(
  const std::vector<Value> &values, int planes, int height, int width, int kernel, int stride, int padding,
  int outputHeight, int outputWidth) {
  std::vector<double> result;
  for (int plane = 0; plane < planes; plane++)
    for (int y = 0; y < outputHeight; y++)
      for (int x = 0; x < outputWidth; x++) {
        double maximum = -HUGE_VAL;
        for (int i = 0; i < kernel; i++)
          for (int j = 0; j < kernel; j++) {
            const int row = y * stride + i - padding, column = x * stride + j - padding;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            maximum = std::max(maximum, double(values[(size_t(plane) * height + row) * width + column]));
          }
        result.push_back(maximum);
      }
  return result;
}

// Each file's comparisons on one instruction set.
void compareConvolutions(const InstructionSet &set, ck_threads *threads, ck_threads *borrowed, Tally &tally);
void compareLayers(const InstructionSet &set, ck_threads *threads, Tally &tally);
void compareStatuses(Tally &tally);

}  // namespace stress
