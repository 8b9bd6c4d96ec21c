// Every convolution algorithm, with all that comes after a sum on its way to memory.
#include <map>

#include "Reference.h"

// Cases name what is unusual about them, behind eight numbers that all of them have.
#pragma clang diagnostic ignored "-Wc99-designator"

namespace stress {

namespace {

// What maps of uint8 hold at most.
constexpr float outputLimit = 8;

enum class Pool { none, roundingUp, roundingDown };

struct Case {
  int inputs, outputs, height, width, kernel, stride, dilation, padding;
  Pool pool = Pool::none;
  int segments[2] = {0, 0};
  int images = 1;
  // Of whole blocks: maps that lie as tensors do, on somebody else's threads.
  bool isChannelsLast = false;
  int groups = 1;
  bool isImage = false;
  ck_activation activation = CK_RELU;
  // How many zeros more than `padding` lie behind the last row and column, which adds to the output where it fits.
  int extraPadding = 0;
  // Whether the output before a pool is wanted, too.
  bool keepsOutput = false;

  int outputSize(int size) const {
    return (size + 2 * padding + extraPadding - dilation * (kernel - 1) - 1) / stride + 1;
  }
  int pooledSize(int size) const { return (size + (pool == Pool::roundingUp)) / 2; }
  size_t weightCount() const { return size_t(outputs) * (inputs / groups) * kernel * kernel; }
  bool isDepthwise() const { return groups > 1 && groups == inputs && groups == outputs; }
};

// (images, outputs, height, width) by the definition.
std::vector<double> convolved(
  const Case &c, const std::vector<float> &input, const std::vector<float> &weights, const std::vector<float> &bias) {
  const int height = c.outputSize(c.height), width = c.outputSize(c.width);
  const int perGroup = c.inputs / c.groups, outputsPerGroup = c.outputs / c.groups;
  std::vector<double> result;
  for (int image = 0; image < c.images; image++)
    for (int output = 0; output < c.outputs; output++)
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
          double sum = bias[size_t(output)];
          for (int channel = 0; channel < perGroup; channel++) {
            const size_t plane = size_t(image) * c.inputs + output / outputsPerGroup * perGroup + channel;
            for (int i = 0; i < c.kernel; i++)
              for (int j = 0; j < c.kernel; j++) {
                const int row = y * c.stride + i * c.dilation - c.padding;
                const int column = x * c.stride + j * c.dilation - c.padding;
                if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
                sum += double(input[(plane * c.height + row) * c.width + column])
                  * weights[((size_t(output) * perGroup + channel) * c.kernel + i) * c.kernel + j];
              }
          }
          result.push_back(activated(sum, c.activation));
        }
  return result;
}

ck_convolution_shape shapeOf(
  const Case &c, ck_instruction_set set, ck_element element, ck_element outputElement, ck_algorithm algorithm,
  ck_schedule schedule) {
  const int height = c.outputSize(c.height), width = c.outputSize(c.width);
  const float limit = float(ck_activation_limit(set));
  ck_convolution_shape shape{};
  // Winograd's tiles reach beyond the map by up to their own size.
  const int after = c.padding + c.extraPadding + (c.isImage ? 1 : 8 * c.dilation);
  // One pixel more than the padding before, as another reader of the map may want.
  shape.input = {element, c.inputs, c.height, c.width, c.padding + 1, after, 2 / limit, false};
  const int border = c.isChannelsLast ? 0 : 1;
  shape.output = {outputElement, c.outputs, height, width, border, 2 * border, outputLimit / limit, c.isChannelsLast};
  shape.kernel = c.kernel;
  shape.stride = c.stride;
  shape.dilation = c.dilation;
  shape.padding = c.padding;
  shape.groups = c.groups == 1 ? 0 : c.groups;
  shape.input_is_image = c.isImage;
  shape.activation = c.activation;
  shape.algorithm = algorithm;
  shape.schedule = schedule;
  shape.has_pool = c.pool != Pool::none;
  shape.keeps_output = c.keepsOutput;
  shape.pooled = shape.output;
  shape.pooled.height = c.pooledSize(height);
  shape.pooled.width = c.pooledSize(width);
  shape.segment_count = c.segments[0] > 0 ? 2 : 0;
  std::copy_n(c.segments, 2, shape.segments);
  return shape;
}

// Whether what surrounds a map is still what it was filled with.
bool isBorderUntouched(const ck_map &map, int images, const Filled &memory) {
  if (map.is_channels_last) return true;
  std::vector<uint8_t> copy(memory.bytes);
  std::copy_n(static_cast<const uint8_t *>(memory.data), memory.bytes, copy.data());
  const size_t row = size_t(map.width + map.before + map.after) * 64;
  const size_t rows = size_t(map.height + map.before + map.after);
  const size_t blocks = ck_map_bytes(&map) / (row * rows);
  for (size_t block = 0; block < blocks * images; block++)
    for (size_t y = 0; y < rows; y++)
      for (size_t x = 0; x < row / 64; x++) {
        const bool isInside = y >= size_t(map.before) && y < size_t(map.before + map.height) && x >= size_t(map.before)
          && x < size_t(map.before + map.width);
        const uint8_t *pixel = copy.data() + (block * rows + y) * row + x * 64;
        if (!isInside && std::any_of(pixel, pixel + 64, [](uint8_t byte) { return byte != 0x7b; })) return false;
      }
  return true;
}

Difference difference(
  const Case &c, ck_instruction_set set, ck_element element, ck_element outputElement, ck_algorithm algorithm,
  ck_schedule schedule, ck_threads *threads) {
  std::mt19937 random{7};
  const ck_convolution_shape shape = shapeOf(c, set, element, outputElement, algorithm, schedule);
  auto input = drawn(size_t(c.images) * c.inputs * c.height * c.width, element == CK_UINT8 ? 0 : -2, 2, random);
  const double reach = std::sqrt(3.0 / (c.inputs / c.groups * c.kernel * c.kernel));
  const auto weights = drawn(c.weightCount(), -reach, reach, random);
  // Sums on both sides of every bend of the activations.
  const double bend = c.activation == CK_RELU || c.activation == CK_NO_ACTIVATION ? 0.1 : 6;
  const auto bias = drawn(size_t(c.outputs), -bend, bend, random);

  const size_t imageBytes = c.isImage ? ck_image_bytes(&shape.input) : ck_map_bytes(&shape.input);
  Filled source(imageBytes * c.images), target(ck_map_bytes(&shape.output) * c.images);
  Filled pool(ck_map_bytes(&shape.pooled) * c.images);
  if (c.isImage) {
    ck_image_load(input.data(), c.images, &shape.input, source.data, threads);
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
  const size_t ofFirstSegment = size_t(c.segments[0]) * (c.inputs / c.groups) * c.kernel * c.kernel;
  const float *const arrays[] = {weights.data(), weights.data() + ofFirstSegment};
  ck_convolution *convolution = nullptr;
  if (ck_convolution_create(&shape, bias.data(), set, &convolution) != CK_SUCCESS) return wrong;
  // In floats of 32 and of 16 bits that is not a number.
  Filled packed(ck_convolution_weight_bytes(convolution), 0xff);
  const int threadCount = ck_threads_count(threads);
  const bool packs = threadCount == 2;
  Filled scratch(ck_convolution_scratch(convolution, c.images, threadCount, packs) + 64, 0xff);
  const int height = shape.output.height, width = shape.output.width;
  std::vector<float> rows[2];
  for (int segment = 0; segment < shape.segment_count; segment++)
    rows[segment].assign(size_t(c.images) * height * width * c.segments[segment], 1e9f);
  const ck_convolution_run_arguments arguments{
    c.images,
    source.data,
    target.data,
    pool.data,
    {rows[0].data(), rows[1].data()},
    {size_t(height) * width * c.segments[0], size_t(height) * width * c.segments[1]},
    scratch.data,
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
  for (const int number :
       {c.inputs, c.outputs, c.height, c.width, c.kernel, c.stride, c.dilation, c.padding, c.groups, c.extraPadding,
        int(c.activation)})
    question.push_back(float(number));
  auto &expected = answers[question];
  if (expected.empty()) expected = convolved(c, input, weights, bias);
  if (shape.segment_count > 0) {
    std::vector<float> values(expected.size());
    for (int image = 0; image < c.images; image++)
      for (int output = 0; output < c.outputs; output++)
        for (int pixel = 0; pixel < height * width; pixel++) {
          const int segment = output < c.segments[0] ? 0 : 1, column = output - segment * c.segments[0];
          values[(size_t(image) * c.outputs + output) * height * width + pixel] =
            rows[segment][(size_t(image) * height * width + pixel) * c.segments[segment] + column];
        }
    return compared(values, expected);
  }
  const auto limited = [&](std::vector<double> values) {
    const double most = shape.output.scale * ck_activation_limit(set);
    if (outputElement == CK_UINT8)
      for (double &value : values) value = std::clamp(value, 0.0, most);
    return values;
  };
  Difference worst{0, 0};
  const auto compare = [&](const ck_map &map, const Filled &memory, const std::vector<double> &wanted) {
    const bool isClean = isZeroPadded(map, c.images, memory.data) && isBorderUntouched(map, c.images, memory);
    const Difference d = isClean ? compared(valuesOf(map, c.images, memory.data), limited(wanted)) : wrong;
    if (d.relative() >= worst.relative()) worst = d;
  };
  if (c.pool == Pool::none || c.keepsOutput) compare(shape.output, target, expected);
  if (c.pool != Pool::none) {
    const auto maxima =
      pooled(expected, c.images * c.outputs, height, width, 2, 2, 0, shape.pooled.height, shape.pooled.width);
    compare(shape.pooled, pool, maxima);
  }
  return worst;
}

std::vector<Case> allCases() {
  std::vector<Case> cases = {
    {64, 64, 17, 13, 3, 1, 1, 1},
    {3, 16, 9, 7, 3, 1, 1, 1},
    {8, 16, 7, 7, 3, 1, 1, 1},
    {24, 40, 11, 9, 3, 1, 1, 1},
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
    {16, 32, 26, 20, 3, 1, 3, 3},
    {32, 48, 14, 10, 3, 1, 1, 1, .images = 3},
    {64, 64, 12, 12, 3, 1, 1, 1, .images = 3},
    {64, 128, 9, 9, 3, 1, 1, 1, .images = 2, .isChannelsLast = true},
    // Predictions.
    {64, 100, 7, 6, 3, 1, 1, 1, .segments = {16, 84}, .activation = CK_NO_ACTIVATION},
    {64, 87, 5, 5, 3, 1, 1, 1, .segments = {24, 63}, .activation = CK_NO_ACTIVATION},
    {32, 28, 1, 1, 3, 1, 1, 1, .segments = {16, 12}, .images = 5, .activation = CK_NO_ACTIVATION},
    // Images, with more border than padding, kernels of a first layer and padding at one end only.
    {3, 64, 20, 20, 3, 1, 1, 1, .isImage = true},
    {3, 8, 9, 9, 3, 1, 1, 1, .isImage = true},
    {3, 24, 23, 18, 7, 2, 1, 3, .images = 2, .isImage = true},
    {3, 16, 16, 21, 3, 2, 1, 1, .isImage = true, .activation = CK_HARD_SWISH},
    {3, 16, 16, 16, 3, 2, 1, 0, .isImage = true, .activation = CK_RELU6, .extraPadding = 1},
    {3, 16, 13, 17, 3, 1, 2, 2, .isImage = true},
    // Padding at one end only.
    {32, 32, 10, 12, 3, 2, 1, 0, .extraPadding = 1},
    {16, 16, 9, 9, 4, 1, 1, 1, .extraPadding = 1},
    // Groups.
    {32, 32, 9, 7, 3, 1, 1, 1, .groups = 2},
    {96, 64, 9, 7, 3, 2, 1, 1, .groups = 16},
    {64, 64, 6, 5, 3, 1, 2, 2, .images = 2, .groups = 8},
    {24, 48, 6, 5, 3, 1, 1, 1, .groups = 24},
    {80, 40, 5, 5, 1, 1, 1, 0, .groups = 5},
    {64, 40, 4, 4, 3, 1, 1, 1, .segments = {16, 24}, .groups = 2, .activation = CK_NO_ACTIVATION},
  };
  // Pools after maps of even and odd sizes, rounding both ways, with and without the map itself.
  for (const Pool pool : {Pool::roundingUp, Pool::roundingDown})
    for (const bool keepsOutput : {false, true})
      for (const auto &[height, width] : {std::pair{8, 8}, {15, 15}, {16, 21}, {7, 10}})
        cases.push_back({24, 33, height, width, 3, 1, 1, 1, .pool = pool, .keepsOutput = keepsOutput});
  cases.push_back({32, 32, 15, 13, 3, 1, 1, 1, .pool = Pool::roundingDown, .activation = CK_NO_ACTIVATION});
  cases.push_back({32, 32, 15, 13, 3, 1, 1, 1, .pool = Pool::roundingUp, .activation = CK_HARD_SWISH});
  for (const ck_activation activation : {CK_NO_ACTIVATION, CK_RELU6, CK_HARD_SWISH, CK_HARD_SIGMOID}) {
    cases.push_back({40, 40, 9, 7, 3, 1, 1, 1, .activation = activation});
    cases.push_back({40, 24, 5, 6, 1, 1, 1, 0, .activation = activation});
    cases.push_back({40, 40, 6, 9, 3, 1, 1, 1, .groups = 40, .activation = activation});
  }
  // Depthwise, with widths below, at and beside whole strips.
  for (const int kernel : {3, 5})
    for (const int stride : {1, 2})
      for (const int dilation : {1, 2})
        for (const int width : {1, 7, 16, 19})
          cases.push_back(
            {72, 72, 9, width, kernel, stride, dilation, dilation * (kernel / 2), .images = 2, .groups = 72});
  cases.push_back({24, 24, 11, 12, 7, 1, 1, 3, .groups = 24});
  cases.push_back({16, 16, 8, 12, 2, 2, 1, 0, .groups = 16});
  cases.push_back({24, 24, 8, 8, 3, 2, 1, 0, .groups = 24, .activation = CK_RELU6, .extraPadding = 1});
  cases.push_back({64, 64, 7, 7, 3, 1, 1, 1, .isChannelsLast = true, .groups = 64});
  return cases;
}

bool isPossible(
  const Case &c, ck_instruction_set set, ck_element element, ck_element outputElement, ck_algorithm algorithm) {
  if (algorithm == CK_DIRECT) {
    return c.pool == Pool::none && !(c.isImage && element == CK_UINT8)
      && (c.isDepthwise() || ck_has_operand(set, ck_operand(element)));
  }
  if (c.kernel != 3 || c.stride != 1 || c.isImage || c.groups > 1 || c.extraPadding > 0) return false;
  if (algorithm == CK_WINOGRAD_6 && element == CK_UINT8) return false;
  return ck_has_operand(set, element == CK_UINT8 ? CK_INT16_OPERAND : ck_operand(element))
    && !(c.isChannelsLast && c.outputs % blockChannels(outputElement) != 0);
}

// What an algorithm may be off, relative to the greatest value.
double tolerance(const Case &c, ck_element element, ck_element outputElement, ck_algorithm algorithm) {
  // Sums of depthwise kernels are float32 whatever goes in.
  if (c.isDepthwise()) return outputElement == CK_BFLOAT16 ? 4e-3 : 5e-6;
  switch (element) {
    case CK_FLOAT32: return algorithm == CK_WINOGRAD_6 ? 2e-5 : 5e-6;
    case CK_BFLOAT16: return algorithm == CK_DIRECT ? 1e-2 : algorithm == CK_WINOGRAD_6 ? 2e-1 : 3e-2;
    case CK_UINT8: return 3e-2;
  }
  return 0;
}

// What rounding the output to steps of uint8 adds to that.
double rounding(ck_instruction_set set, ck_element outputElement) {
  return outputElement == CK_UINT8 ? 0.501 * outputLimit / ck_activation_limit(set) : 0;
}

}  // namespace

void compareConvolutions(const InstructionSet &set, ck_threads *threads, ck_threads *borrowed, Tally &tally) {
  static const std::vector<Case> cases = allCases();
  for (const Case &c : cases) {
    for (const ck_element element : elements) {
      for (const ck_element outputElement : elements) {
        // Maps of uint8 have bfloat16 or uint8 behind them, others their own kind; depthwise kernels are tried with
        // all.
        const bool isUsual = outputElement == element || (element == CK_UINT8 && outputElement == CK_BFLOAT16);
        if (!isUsual && !c.isDepthwise()) continue;
        for (const ck_algorithm algorithm : {CK_DIRECT, CK_WINOGRAD_2, CK_WINOGRAD_4, CK_WINOGRAD_6}) {
          if (!isPossible(c, set.set, element, outputElement, algorithm)) continue;
          ck_threads *used = c.isChannelsLast ? borrowed : threads;
          for (const ck_schedule schedule : {CK_SCHEDULE_PER_THREAD, CK_SCHEDULE_SHARED}) {
            if (algorithm == CK_DIRECT && schedule == CK_SCHEDULE_SHARED) continue;
            const Difference d = difference(c, set.set, element, outputElement, algorithm, schedule, used);
            const double allowed =
              tolerance(c, element, outputElement, algorithm) * d.scale + rounding(set.set, outputElement);
            if (!tally.fails(d.error <= allowed)) continue;
            std::printf(
              "%s, element %d to %d, F(%d), schedule %d, %d threads: %d -> %d channels in %d groups, %d x %d, kernel "
              "%d, "
              "stride %d, dilation %d, pool %d, activation %d: off by %g at a scale of %g\n",
              set.name, element, outputElement, algorithm, schedule, ck_threads_count(used), c.inputs, c.outputs,
              c.groups, c.height, c.width, c.kernel, c.stride, c.dilation, int(c.pool), c.activation, d.error, d.scale);
          }
        }
      }
    }
  }
}

}  // namespace stress
