// Times every way there is to compute each of SSD300's large convolutions, and measures how far it is off. Prints JSON;
// compare.py builds it and prints it as a table.
//
//   layers [THREADS [RUNS]]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "CKernels.h"

namespace {

struct Layer {
  const char *name;
  int inputs, outputs, size, kernel = 3, padding = 1, dilation = 1;
};

// Those of equal shape stand here once.
const Layer layers[] = {
  {"conv1_1", 3, 64, 300},           {"conv1_2", 64, 64, 300},        {"conv2_1", 64, 128, 150},
  {"conv2_2", 128, 128, 150},        {"conv3_1", 128, 256, 75},       {"conv3_2", 256, 256, 75},
  {"conv4_1", 256, 512, 38},         {"conv4_2", 512, 512, 38},       {"conv5_1", 512, 512, 19},
  {"conv6", 512, 1024, 19, 3, 6, 6}, {"conv7", 1024, 1024, 19, 1, 0}, {"predict conv4_3", 512, 100, 38},
  {"predict conv7", 1024, 150, 19},
};

struct Memory {
  explicit Memory(size_t bytes) : bytes(bytes), data(ck_allocate(bytes)) {}
  ~Memory() { ck_free(data, bytes); }
  Memory(const Memory &) = delete;
  size_t bytes;
  void *data;
};

// Rectified normal numbers, as after a ReLU, or the plain ones.
std::vector<float> drawn(size_t count, double deviation, bool isRectified, std::mt19937 &random) {
  std::normal_distribution<float> distribution{0, float(deviation)};
  std::vector<float> values(count);
  for (float &value : values) value = isRectified ? std::max(0.f, distribution(random)) : distribution(random);
  return values;
}

// What a layer reads, and its weights.
struct Data {
  std::vector<float> input, weights;
};

Data drawn(const Layer &l) {
  std::mt19937 random{7};
  const size_t taps = size_t(l.inputs) * l.kernel * l.kernel;
  return {
    drawn(size_t(l.inputs) * l.size * l.size, 1, l.inputs != 3, random),
    drawn(size_t(l.outputs) * taps, std::sqrt(2.0 / double(taps)), false, random)};
}

// By the definition, in double precision, after the ReLU.
double exact(const Layer &l, const Data &data, int output, int y, int x) {
  double sum = 0;
  for (int channel = 0; channel < l.inputs; channel++)
    for (int i = 0; i < l.kernel; i++)
      for (int j = 0; j < l.kernel; j++) {
        const int row = y + i * l.dilation - l.padding, column = x + j * l.dilation - l.padding;
        if (row < 0 || row >= l.size || column < 0 || column >= l.size) continue;
        sum += double(data.input[(size_t(channel) * l.size + row) * l.size + column])
          * data.weights[((size_t(output) * l.inputs + channel) * l.kernel + i) * l.kernel + j];
      }
  return std::max(sum, 0.0);
}

// Of some outputs: the length of the differences, as a share of the length of what is right.
double error(const Layer &l, const Data &data, const std::vector<float> &found) {
  std::mt19937 random{11};
  double differences = 0, length = 0;
  for (int sample = 0; sample < 1000; sample++) {
    const int output = int(random() % l.outputs), y = int(random() % l.size), x = int(random() % l.size);
    const double right = exact(l, data, output, y, x);
    const double difference = found[(size_t(output) * l.size + y) * l.size + x] - right;
    differences += difference * difference;
    length += right * right;
  }
  return std::sqrt(differences / length);
}

struct Way {
  double milliseconds, error;
};

// `data` is by value: its input is rounded to the element.
Way measured(
  const Layer &l, Data data, ck_instruction_set set, ck_element element, ck_algorithm algorithm, int runs,
  ck_threads *threads) {
  const std::vector<float> bias(size_t(l.outputs), 0.f);
  const bool isImage = l.inputs == 3;
  ck_convolution_shape shape{};
  // Tiles reach beyond the map; bytes cover four standard deviations.
  shape.input = {
    element, l.inputs, l.size, l.size, l.padding, l.padding + 8 * l.dilation, 4.f / float(ck_activation_limit(set))};
  // What rounding the output costs is not the algorithm's.
  shape.output = {CK_FLOAT32, l.outputs, l.size, l.size, 1, 1, 1};
  shape.kernel = l.kernel;
  shape.stride = 1;
  shape.dilation = l.dilation;
  shape.padding = l.padding;
  shape.input_is_image = isImage;
  shape.activation = CK_RELU;
  shape.algorithm = algorithm;
  Memory source(isImage ? ck_image_bytes(&shape.input) : ck_map_bytes(&shape.input)),
    target(ck_map_bytes(&shape.output));
  if (isImage) {
    ck_image_load(data.input.data(), 1, &shape.input, source.data, threads);
  } else {
    ck_map_write(&shape.input, 1, data.input.data(), source.data);
    // Neither is what rounding the input costs.
    ck_map_read(&shape.input, 1, source.data, data.input.data());
  }
  const float *weights = data.weights.data();
  ck_convolution *convolution = nullptr;
  const ck_status status = ck_convolution_create(&shape, bias.data(), set, &convolution);
  if (status != CK_SUCCESS) {
    std::fprintf(stderr, "%s: %s\n", l.name, ck_status_message(status));
    std::exit(1);
  }
  ck_convolution_pack(convolution, &weights, nullptr, threads);
  Memory scratch(ck_convolution_scratch(convolution, 1, ck_threads_count(threads), false) + 64);
  const ck_convolution_run_arguments arguments{1, source.data, target.data, nullptr, {}, {}, scratch.data, nullptr};
  std::vector<double> times;
  for (int run = 0; run <= runs; run++) {
    const auto start = std::chrono::steady_clock::now();
    ck_convolution_run(convolution, &arguments, threads);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    // The first one warms up.
    if (run > 0) times.push_back(time.count());
  }
  ck_convolution_destroy(convolution);
  std::sort(times.begin(), times.end());
  std::vector<float> found(size_t(l.outputs) * l.size * l.size);
  ck_map_read(&shape.output, 1, target.data, found.data());
  return {times[times.size() / 2], error(l, data, found)};
}

bool isPossible(const Layer &l, ck_element element, ck_algorithm algorithm) {
  if (element == CK_UINT8 && (l.inputs == 3 || algorithm == CK_WINOGRAD_6)) return false;
  return algorithm == CK_DIRECT || (l.kernel == 3 && l.inputs != 3);
}

ck_instruction_set bestSet() {
  ck_instruction_set best = CK_PORTABLE;
  for (const auto set : {CK_NEON, CK_AVX2, CK_AVX512, CK_AVX512_BF16})
    if (ck_instruction_set_is_available(set)) best = set;
  return best;
}

}  // namespace

int main(int count, char **arguments) {
  ck_threads *threads = ck_threads_create(count > 1 ? std::atoi(arguments[1]) : 2);
  const int runs = count > 2 ? std::atoi(arguments[2]) : 7;
  const ck_instruction_set set = bestSet();
  const char *separator = "[";
  for (const Layer &l : layers) {
    std::printf(
      "%s{\"name\": \"%s\", \"inputs\": %d, \"outputs\": %d, \"size\": %d, \"kernel\": %d, \"padding\": %d, "
      "\"dilation\": %d, \"ways\": ",
      separator, l.name, l.inputs, l.outputs, l.size, l.kernel, l.padding, l.dilation);
    separator = "[";
    const Data data = drawn(l);
    for (const auto element : {CK_FLOAT32, CK_BFLOAT16, CK_UINT8}) {
      if (!ck_has_operand(set, ck_operand(element))) continue;
      for (const auto algorithm : {CK_DIRECT, CK_WINOGRAD_2, CK_WINOGRAD_4, CK_WINOGRAD_6}) {
        if (!isPossible(l, element, algorithm)) continue;
        const Way way = measured(l, data, set, element, algorithm, runs, threads);
        std::printf(
          "%s\n  {\"element\": %d, \"tile\": %d, \"milliseconds\": %.4f, \"error\": %.3e}", separator, element,
          algorithm, way.milliseconds, way.error);
        separator = ",";
      }
    }
    std::printf("]}");
    separator = ",\n";
  }
  std::printf("]\n");
  ck_threads_destroy(threads);
}
