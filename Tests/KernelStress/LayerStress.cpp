// Layers other than convolutions, between maps of all elements.
#include "Reference.h"

namespace stress {

namespace {

constexpr int images = 2;

// A map of random values, as its element holds them.
struct Source {
  Source(ck_element element, int channels, int height, int width, int border, std::mt19937 &random)
      : map{element, channels, height, width, border, border, 2.f / 255, false}, memory(ck_map_bytes(&map) * images) {
    values = drawn(valueCount(map) * images, element == CK_UINT8 ? 0 : -2, 2, random);
    ck_map_write(&map, images, values.data(), memory.data);
    values = valuesOf(map, images, memory.data);
  }

  ck_map map;
  Filled memory;
  std::vector<float> values;
};

// What rounding to an element may lose, relative to the greatest value.
double tolerance(ck_element element) {
  return element == CK_FLOAT32 ? 2e-6 : element == CK_BFLOAT16 ? 4e-3 : 1.0 / 120;
}

struct Layers {
  const InstructionSet &set;
  ck_threads *threads;
  Tally &tally;
  std::mt19937 random{11};

  // Runs a layer into a map of an element, and compares that with what is right.
  template <class Run>
  void check(
    const char *what, const Source &source, ck_element to, int height, int width, std::vector<double> expected,
    const Run &run, bool keepsScale = false) {
    double greatest = 0;
    for (const double value : expected) greatest = std::max(greatest, std::fabs(value));
    // A pool between maps of one scale only moves bytes.
    const float scale = keepsScale ? source.map.scale : float(greatest) / float(ck_activation_limit(set.set));
    const ck_map output{to, source.map.channels, height, width, 1, 2, scale > 0 ? scale : 1, false};
    if (to == CK_UINT8)
      for (double &value : expected) value = std::max(value, 0.0);
    Filled target(ck_map_bytes(&output) * images);
    run(output, target.data);
    const Difference d =
      isZeroPadded(output, images, target.data) ? compared(valuesOf(output, images, target.data), expected) : wrong;
    if (tally.fails(d.error <= tolerance(to) * greatest + 1e-6)) {
      std::printf(
        "%s, %s: element %d to %d, %d channels, %d x %d: off by %g at a scale of %g\n", set.name, what,
        source.map.element, to, source.map.channels, source.map.height, source.map.width, d.error, greatest);
    }
  }

  void pool(const Source &source, ck_element to) {
    struct Window {
      int kernel, stride, padding;
      bool roundsUp;
    };
    for (const Window w :
         {Window{2, 2, 0, false}, {2, 2, 0, true}, {3, 1, 1, false}, {3, 2, 1, true}, {5, 3, 2, false}}) {
      const auto size = [&](int input) {
        return (std::max(0, input + 2 * w.padding - w.kernel) + (w.roundsUp ? w.stride - 1 : 0)) / w.stride + 1;
      };
      const int height = size(source.map.height), width = size(source.map.width);
      const auto expected = pooled(
        source.values, images * source.map.channels, source.map.height, source.map.width, w.kernel, w.stride, w.padding,
        height, width);
      check(
        "maximum pool", source, to, height, width, expected,
        [&](const ck_map &output, void *target) {
          ck_maximum_pool(
            set.set, &source.map, &output, w.kernel, w.stride, w.padding, images, source.memory.data, target, threads);
        },
        source.map.element == to);
    }
  }

  void average(const Source &source, ck_element to) {
    const size_t plane = size_t(source.map.height) * source.map.width;
    std::vector<double> expected;
    for (size_t first = 0; first < source.values.size(); first += plane) {
      double sum = 0;
      for (size_t i = 0; i < plane; i++) sum += source.values[first + i];
      expected.push_back(sum / double(plane));
    }
    check("global average", source, to, 1, 1, expected, [&](const ck_map &output, void *target) {
      ck_global_average(set.set, &source.map, &output, images, source.memory.data, target, threads);
    });
  }

  void l2Normalize(const Source &source, ck_element to) {
    const int channels = source.map.channels;
    const size_t plane = size_t(source.map.height) * source.map.width;
    const float epsilon = 0.5f;
    std::vector<float> factors = drawn(size_t(channels), 1, 20, random);
    std::vector<double> expected(source.values.size());
    for (int image = 0; image < images; image++)
      for (size_t pixel = 0; pixel < plane; pixel++) {
        const auto at = [&](int channel) { return (size_t(image) * channels + channel) * plane + pixel; };
        double sum = epsilon;
        for (int channel = 0; channel < channels; channel++)
          sum += double(source.values[at(channel)]) * source.values[at(channel)];
        for (int channel = 0; channel < channels; channel++)
          expected[at(channel)] = source.values[at(channel)] / std::sqrt(sum) * factors[size_t(channel)];
      }
    factors.resize(size_t(channels + 63) / 64 * 64, 0);
    check(
      "L2 normalization", source, to, source.map.height, source.map.width, expected,
      [&](const ck_map &output, void *target) {
        ck_l2_normalize(
          set.set, &source.map, &output, factors.data(), epsilon, images, source.memory.data, target, threads);
      });
  }

  void add(const Source &source, ck_element to, ck_activation activation) {
    for (const ck_element element : elements) {
      const Source other(element, source.map.channels, source.map.height, source.map.width, 2, random);
      std::vector<double> expected;
      for (size_t i = 0; i < source.values.size(); i++)
        expected.push_back(activated(double(source.values[i]) + other.values[i], activation));
      check(
        "addition", source, to, source.map.height, source.map.width, expected, [&](const ck_map &output, void *target) {
          ck_add(
            set.set, &source.map, &other.map, &output, activation, images, source.memory.data, other.memory.data,
            target, threads);
        });
    }
  }

  void scale(const Source &source, ck_element to, ck_activation activation) {
    const size_t plane = size_t(source.map.height) * source.map.width;
    for (const ck_element element : elements) {
      const Source scales(element, source.map.channels, 1, 1, 0, random);
      std::vector<double> expected;
      for (size_t i = 0; i < source.values.size(); i++)
        expected.push_back(activated(double(source.values[i]) * scales.values[i / plane], activation));
      check(
        "scaling", source, to, source.map.height, source.map.width, expected, [&](const ck_map &output, void *target) {
          ck_scale_channels(
            set.set, &source.map, &scales.map, &output, activation, images, source.memory.data, scales.memory.data,
            target, threads);
        });
    }
  }

  // Bytes of pixels as an image, then read by a 1x1 convolution that copies its channels.
  void image(ck_element element) {
    const ck_map image{element, 3, 5, 7, 2, 3, 1, false};
    const std::vector<float> factors = {0.5f, 0.25f, 2}, shifts = {-1, 3, 0};
    std::vector<uint8_t> pixels(size_t(images) * 5 * 7 * 3);
    for (uint8_t &value : pixels) value = uint8_t(random());
    std::vector<float> planes(pixels.size());
    for (size_t i = 0; i < pixels.size(); i++) {
      const size_t pixel = i / 3 % 35, number = i / 105, channel = i % 3;
      planes[(number * 3 + channel) * 35 + pixel] = float(pixels[i]) * factors[channel] + shifts[channel];
    }
    Filled normalized(ck_image_bytes(&image) * images), loaded(ck_image_bytes(&image) * images);
    ck_image_normalize(set.set, pixels.data(), images, &image, factors.data(), shifts.data(), normalized.data, threads);
    ck_image_load(planes.data(), images, &image, loaded.data, threads);
    const auto *first = static_cast<const uint8_t *>(normalized.data),
               *second = static_cast<const uint8_t *>(loaded.data);
    if (tally.fails(std::equal(first, first + normalized.bytes, second)))
      std::printf("%s: an image of element %d differs from its pixels\n", set.name, element);
  }
};

}  // namespace

void compareLayers(const InstructionSet &set, ck_threads *threads, Tally &tally) {
  Layers layers{set, threads, tally};
  struct Size {
    int channels, height, width;
  };
  for (const ck_element element : elements) {
    if (element != CK_UINT8) layers.image(element);
    for (const Size s : {Size{5, 1, 1}, {40, 7, 10}, {80, 13, 6}}) {
      const Source source(element, s.channels, s.height, s.width, 1, layers.random);
      for (const ck_element to : elements) {
        layers.pool(source, to);
        layers.average(source, to);
        layers.l2Normalize(source, to);
        for (const ck_activation activation : {CK_NO_ACTIVATION, CK_RELU, CK_RELU6, CK_HARD_SWISH, CK_HARD_SIGMOID}) {
          layers.add(source, to, activation);
          layers.scale(source, to, activation);
        }
      }
    }
  }
}

}  // namespace stress
