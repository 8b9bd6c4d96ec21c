// Every convolution algorithm on every instruction set that this machine has, against the definition in double
// precision. Part of the tests of Inference; `scripts/check/kernels.sh` builds it by itself, with the sanitizers for
// addresses and undefined behaviour.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

// By its path: as a dependency it would be a module, which SwiftPM does not build for C++.
#include "../../Sources/CKernels/include/CKernels.h"
#include "KernelStress.h"

namespace {

struct Case {
  int inputs, outputs, height, width, kernel, stride, dilation, padding;
  bool hasPool = false;
  int segments[2] = {0, 0};
  int images = 1;
  // Of whole blocks: maps that lie as tensors do, on somebody else's threads.
  bool isChannelsLast = false;
};

struct Difference {
  double error, scale;
  double relative() const { return scale > 0 ? error / scale : error; }
};

int outputSize(int size, const Case &c) {
  return (size + 2 * c.padding - c.dilation * (c.kernel - 1) - 1) / c.stride + 1;
}

// (images, outputs, height, width) by the definition.
std::vector<double> convolved(const Case &c, const std::vector<float> &input, const std::vector<float> &weights, const std::vector<float> &bias, bool hasReLU) {
  const int height = outputSize(c.height, c), width = outputSize(c.width, c);
  std::vector<double> result;
  for (int image = 0; image < c.images; image++)
    for (int output = 0; output < c.outputs; output++)
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
          double sum = bias[size_t(output)];
          for (int channel = 0; channel < c.inputs; channel++)
            for (int i = 0; i < c.kernel; i++)
              for (int j = 0; j < c.kernel; j++) {
                const int row = y * c.stride + i * c.dilation - c.padding, column = x * c.stride + j * c.dilation - c.padding;
                if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
                sum += double(input[((size_t(image) * c.inputs + channel) * c.height + row) * c.width + column])
                  * weights[((size_t(output) * c.inputs + channel) * c.kernel + i) * c.kernel + j];
              }
          result.push_back(hasReLU ? std::max(sum, 0.0) : sum);
        }
  return result;
}

std::vector<double> pooled(const std::vector<double> &values, int planes, int height, int width) {
  std::vector<double> result;
  for (int plane = 0; plane < planes; plane++)
    for (int y = 0; y < (height + 1) / 2; y++)
      for (int x = 0; x < (width + 1) / 2; x++) {
        double maximum = 0;
        for (int i = 0; i < 2; i++)
          for (int j = 0; j < 2; j++)
            if (2 * y + i < height && 2 * x + j < width)
              maximum = std::max(maximum, values[(size_t(plane) * height + 2 * y + i) * width + 2 * x + j]);
        result.push_back(maximum);
      }
  return result;
}

Difference compared(const std::vector<float> &values, const std::vector<double> &expected) {
  Difference d{values.size() == expected.size() ? 0.0 : 1e30, 0};
  for (size_t i = 0; i < std::min(values.size(), expected.size()); i++) {
    const double error = std::fabs(values[i] - expected[i]);
    d.error = error <= d.error ? d.error : error;
    d.scale = std::max(d.scale, std::fabs(expected[i]));
  }
  return d;
}

std::vector<float> drawn(size_t count, double low, double high, std::mt19937 &random) {
  std::uniform_real_distribution<float> distribution{float(low), float(high)};
  std::vector<float> values(count);
  for (float &value : values) value = distribution(random);
  return values;
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

Difference difference(const Case &c, ck_instruction_set set, ck_element element, ck_algorithm algorithm, ck_schedule schedule, ck_threads *threads) {
  std::mt19937 random{7};
  const bool isImage = c.inputs == 3;
  const int height = outputSize(c.height, c), width = outputSize(c.width, c);
  const float limit = float(ck_activation_limit(set));
  auto input = drawn(size_t(c.images) * c.inputs * c.height * c.width, isImage ? -2 : 0, 2, random);
  const double reach = std::sqrt(3.0 / (c.inputs * c.kernel * c.kernel));
  const auto weights = drawn(size_t(c.outputs) * c.inputs * c.kernel * c.kernel, -reach, reach, random);
  const auto bias = drawn(size_t(c.outputs), -0.1, 0.1, random);

  ck_convolution_shape shape{};
  // Winograd's tiles reach beyond the map by up to their own size.
  const int after = c.padding + 8 * c.dilation;
  shape.input = {element, c.inputs, c.height, c.width, c.padding, after, element == CK_UINT8 ? 2 / limit : 1};
  shape.output = {element == CK_UINT8 ? CK_BFLOAT16 : element, c.outputs, height, width, 1, 2, 1};
  if (c.isChannelsLast) shape.output.before = shape.output.after = 0;
  shape.output.is_channels_last = c.isChannelsLast;
  shape.kernel = c.kernel;
  shape.stride = c.stride;
  shape.dilation = c.dilation;
  shape.padding = c.padding;
  shape.has_relu = c.segments[0] == 0;
  shape.algorithm = algorithm;
  shape.schedule = schedule;
  shape.has_pool = c.hasPool;
  shape.pooled = {shape.output.element, c.outputs, (height + 1) / 2, (width + 1) / 2, 1, 1, 1};
  shape.segment_count = c.segments[0] > 0 ? 2 : 0;
  std::copy_n(c.segments, 2, shape.segments);

  const size_t imageBytes = isImage ? ck_image_bytes(element, c.width) : ck_map_bytes(&shape.input);
  Filled source(imageBytes * c.images), target(ck_map_bytes(&shape.output) * c.images), pool(c.hasPool ? ck_map_bytes(&shape.pooled) * c.images : 64);
  if (isImage) {
    ck_image_load(input.data(), c.images, c.width, element, source.data, threads);
  } else {
    ck_map_write(&shape.input, c.images, input.data(), source.data);
    // What the rounding of the input costs is not this kernel's.
    ck_map_read(&shape.input, c.images, source.data, input.data());
  }
  if (c.isChannelsLast) {
    ck_map tensor = shape.input;
    tensor.before = tensor.after = 0;
    tensor.is_channels_last = true;
    Filled given(ck_map_bytes(&tensor) * c.images);
    ck_map_write(&tensor, c.images, input.data(), given.data);
    std::fill_n(static_cast<uint8_t *>(source.data), source.bytes, uint8_t(0x7b));
    ck_map_load(&tensor, &shape.input, c.images, given.data, source.data, threads);
  }
  const size_t ofFirstSegment = size_t(c.segments[0]) * c.inputs * c.kernel * c.kernel;
  const float *const arrays[] = {weights.data(), weights.data() + ofFirstSegment};
  ck_convolution *convolution = ck_convolution_create(&shape, bias.data(), set);
  // In floats of 32 and of 16 bits that is not a number.
  Filled packed(ck_convolution_weight_bytes(convolution), 0xff);
  const int threadCount = ck_threads_count(threads);
  const bool packs = threadCount == 2;
  Filled scratch(ck_convolution_scratch(convolution, c.images, threadCount, packs) + 64, 0xff);
  std::vector<float> rows[2];
  for (int segment = 0; segment < shape.segment_count; segment++)
    rows[segment].assign(size_t(c.images) * height * width * c.segments[segment], 1e9f);
  const ck_convolution_run_arguments arguments{
    c.images, source.data, target.data, pool.data, {rows[0].data(), rows[1].data()},
    {size_t(height) * width * c.segments[0], size_t(height) * width * c.segments[1]}, scratch.data,
    packs ? arrays : nullptr};
  // Twice: nothing may remain of the first time.
  for (int turn = 0; turn < 2; turn++) {
    if (!packs) ck_convolution_pack(convolution, arrays, turn == 0 ? nullptr : packed.data, threads);
    ck_convolution_run(convolution, &arguments, threads);
  }
  ck_convolution_destroy(convolution);

  // The definition takes longer than all kernels together; they share its answers.
  static std::map<std::vector<float>, std::vector<double>> answers;
  std::vector<float> question = input;
  for (const int number : {c.inputs, c.outputs, c.height, c.width, c.kernel, c.stride, c.dilation, c.padding})
    question.push_back(float(number));
  auto &expected = answers[question];
  if (expected.empty()) expected = convolved(c, input, weights, bias, shape.has_relu);
  std::vector<float> values(expected.size());
  if (shape.segment_count > 0) {
    for (int image = 0; image < c.images; image++)
      for (int output = 0; output < c.outputs; output++)
        for (int pixel = 0; pixel < height * width; pixel++) {
          const int segment = output < c.segments[0] ? 0 : 1, column = output - segment * c.segments[0];
          values[(size_t(image) * c.outputs + output) * height * width + pixel] =
            rows[segment][(size_t(image) * height * width + pixel) * c.segments[segment] + column];
        }
    return compared(values, expected);
  }
  const auto isZeroPadded = [&](const ck_map &map, const void *data) {
    ck_map all = map;
    all.channels = (map.channels + 63) / 64 * 64;
    if (map.element == CK_FLOAT32) all.channels = (map.channels + 15) / 16 * 16;
    if (map.element == CK_BFLOAT16) all.channels = (map.channels + 31) / 32 * 32;
    std::vector<float> whole(size_t(c.images) * all.channels * map.height * map.width);
    ck_map_read(&all, c.images, data, whole.data());
    for (int image = 0; image < c.images; image++)
      for (int channel = map.channels; channel < all.channels; channel++)
        for (int pixel = 0; pixel < map.height * map.width; pixel++)
          if (whole[(size_t(image) * all.channels + channel) * map.height * map.width + pixel] != 0) return false;
    return true;
  };
  if (c.hasPool) {
    std::vector<float> maxima(size_t(c.images) * c.outputs * shape.pooled.height * shape.pooled.width);
    ck_map_read(&shape.pooled, c.images, pool.data, maxima.data());
    if (!isZeroPadded(shape.pooled, pool.data)) return {1e30, 1};
    return compared(maxima, pooled(expected, c.images * c.outputs, height, width));
  }
  ck_map_read(&shape.output, c.images, target.data, values.data());
  if (!isZeroPadded(shape.output, target.data)) return {1e30, 1};
  return compared(values, expected);
}

}  // namespace

int32_t kernel_stress_failures(void) {
  const std::vector<Case> cases = {
    {3, 64, 20, 20, 3, 1, 1, 1},
    {3, 8, 9, 9, 3, 1, 1, 1},
    {64, 64, 17, 13, 3, 1, 1, 1},
    {8, 16, 7, 7, 3, 1, 1, 1},
    {24, 40, 11, 9, 3, 1, 1, 1},
    {16, 24, 8, 8, 3, 1, 1, 1, true},
    {72, 33, 15, 15, 3, 1, 1, 1, true},
    {40, 48, 1, 1, 3, 1, 1, 1},
    {32, 48, 3, 3, 3, 1, 1, 0},
    {96, 32, 3, 3, 1, 1, 1, 0},
    {48, 80, 19, 19, 1, 1, 1, 0},
    {32, 64, 19, 19, 3, 2, 1, 1},
    {32, 64, 10, 10, 3, 2, 1, 1},
    {32, 64, 19, 19, 3, 1, 6, 6},
    {16, 32, 38, 32, 3, 1, 6, 6},
    {32, 32, 2, 2, 4, 1, 1, 1},
    {16, 16, 5, 5, 2, 3, 1, 0},
    {64, 100, 7, 6, 3, 1, 1, 1, false, {16, 84}},
    {64, 87, 5, 5, 3, 1, 1, 1, false, {24, 63}},
    {64, 64, 12, 12, 3, 1, 1, 1, false, {0, 0}, 3},
    {32, 28, 1, 1, 3, 1, 1, 1, false, {16, 12}, 5},
    {64, 128, 9, 9, 3, 1, 1, 1, false, {0, 0}, 2, true},
    {32, 48, 14, 10, 3, 1, 1, 1, false, {0, 0}, 3},
    {32, 32, 16, 20, 3, 1, 1, 1, true},
    {16, 32, 26, 20, 3, 1, 3, 3},
  };
  const struct { ck_instruction_set set; const char *name; } sets[] = {
    {CK_PORTABLE, "portable"}, {CK_NEON, "NEON"}, {CK_AVX2, "AVX2"}, {CK_AVX512, "AVX-512"}, {CK_AVX512_BF16, "AVX-512 BF16"}};
  int failures = 0, count = 0;
  ck_threads *borrowed = ck_threads_borrow(3, [](ck_thread_function function, const void *body, int32_t count) {
    for (int32_t thread = count - 1; thread >= 0; thread--) function(body, thread);
  });
  for (const int threadCount : {1, 2, 3}) {
    ck_threads *threads = ck_threads_create(threadCount);
    for (const auto &[set, name] : sets) {
      if (!ck_instruction_set_is_available(set)) continue;
      for (const Case &c : cases) {
        for (const ck_element element : {CK_FLOAT32, CK_BFLOAT16, CK_UINT8}) {
          if (!ck_has_operand(set, ck_operand(element)) || (element == CK_UINT8 && c.inputs == 3)) continue;
          for (const ck_algorithm algorithm : {CK_DIRECT, CK_WINOGRAD_2, CK_WINOGRAD_4, CK_WINOGRAD_6}) {
            if (algorithm == CK_DIRECT && c.hasPool) continue;
            if (algorithm != CK_DIRECT && (c.kernel != 3 || c.stride != 1 || c.inputs == 3)) continue;
            if (algorithm == CK_WINOGRAD_6 && element == CK_UINT8) continue;
            ck_threads *used = c.isChannelsLast ? borrowed : threads;
            for (const ck_schedule schedule : {CK_SCHEDULE_PER_THREAD, CK_SCHEDULE_SHARED}) {
              if (algorithm == CK_DIRECT && schedule == CK_SCHEDULE_SHARED) continue;
              const Difference d = difference(c, set, element, algorithm, schedule, used);
              const double limit = element == CK_FLOAT32 ? (algorithm == CK_WINOGRAD_6 ? 2e-5 : 5e-6)
                : element == CK_BFLOAT16 ? (algorithm == CK_DIRECT ? 1e-2 : algorithm == CK_WINOGRAD_6 ? 2e-1 : 3e-2) : 3e-2;
              count++;
              if (d.relative() <= limit) continue;
              failures++;
              std::printf("%s, element %d, F(%d), schedule %d, %d threads: %d -> %d channels, %d x %d, kernel %d, stride %d, dilation %d: off by %g at a scale of %g\n",
                name, element, algorithm, schedule, threadCount, c.inputs, c.outputs, c.height, c.width, c.kernel, c.stride, c.dilation, d.error, d.scale);
            }
          }
        }
      }
    }
    ck_threads_destroy(threads);
  }
  ck_threads_destroy(borrowed);
  std::printf("%d comparisons, %d failures\n", count, failures);
  return failures;
}
