// The C interface: nothing but forwards, and the choice of a convolution's class.
#include "CKernels.h"

#include <algorithm>
#include <memory>
#include <new>

#include "ConvolutionShape.h"
#include "DepthwiseConvolution.h"
#include "DirectConvolution.h"
#include "Image.h"
#include "Layers.h"
#include "Layout.h"
#include "Memory.h"
#include "WinogradConvolution.h"

struct ck_threads : ck::Threads {
  using Threads::Threads;
};

struct ck_convolution {
  std::unique_ptr<ck::Convolution> convolution;
};

// -- Status and instruction sets

const char *ck_status_message(ck_status status) {
  switch (status) {
    case CK_SUCCESS: return "nothing is wrong";
    case CK_OUT_OF_MEMORY: return "there is not enough memory";
    case CK_INVALID_SHAPE: return "no kernel computes a convolution of this shape";
    case CK_TOO_LARGE: return "the maps or weights are too large for the kernels' offsets of 32 bits";
  }
  return "this status is unknown";
}

bool ck_instruction_set_is_available(ck_instruction_set set) { return ck::isAvailable(set); }

bool ck_has_operand(ck_instruction_set set, ck_operand operand) { return ck::kernelsOf(set).tile[operand] != nullptr; }

int32_t ck_activation_limit(ck_instruction_set set) { return ck::kernelsOf(set).activationLimit; }

double ck_peak(ck_instruction_set set, ck_operand operand, ck_threads *threads) {
  return ck::peak(ck::kernelsOf(set), operand, *threads);
}

// -- Threads and memory

ck_threads *ck_threads_create(int32_t count) { return ck_threads_borrow(count, nullptr); }

ck_threads *ck_threads_borrow(int32_t count, ck::Threads::Runner run) {
  try {
    return new ck_threads(count, run);
  } catch (...) {
    return nullptr;
  }
}

void ck_threads_destroy(ck_threads *threads) { delete threads; }
int32_t ck_threads_count(const ck_threads *threads) { return threads->count(); }

void *ck_allocate(size_t bytes) { return ck::allocate(bytes); }
void ck_free(void *memory, size_t bytes) { ck::deallocate(memory, bytes); }

// -- Convolution

static std::unique_ptr<ck::Convolution> convolutionOf(
  const ck_convolution_shape &shape, const float *bias, ck_instruction_set set) {
  const ck::KernelTable &kernels = ck::kernelsOf(set);
  if (ck::DepthwiseConvolution::suits(shape)) {
    return std::make_unique<ck::DepthwiseConvolution>(shape, bias, kernels);
  }
  if (shape.algorithm == CK_DIRECT) return std::make_unique<ck::DirectConvolution>(shape, bias, kernels);
  return std::make_unique<ck::WinogradConvolution>(shape, bias, kernels, ck::multipliesAtFullWidth(set));
}

ck_status ck_convolution_create(
  const ck_convolution_shape *given, const float *bias, ck_instruction_set set, ck_convolution **result) {
  *result = nullptr;
  ck_convolution_shape shape = *given;
  if (shape.groups < 0 || !ck::isAvailable(set)) return CK_INVALID_SHAPE;
  shape.groups = std::max(1, shape.groups);
  const ck_status status = ck::checkShape(shape, ck::kernelsOf(set));
  if (status != CK_SUCCESS) return status;
  try {
    *result = new ck_convolution{convolutionOf(shape, bias, set)};
  } catch (const std::bad_alloc &) {
    return CK_OUT_OF_MEMORY;
  }
  return CK_SUCCESS;
}

void ck_convolution_destroy(ck_convolution *convolution) { delete convolution; }

size_t ck_convolution_weight_bytes(const ck_convolution *convolution) { return convolution->convolution->weightBytes; }

bool ck_convolution_pack(ck_convolution *convolution, const float *const *weights, void *memory, ck_threads *threads) {
  return convolution->convolution->pack(weights, memory, *threads);
}

size_t ck_convolution_scratch(const ck_convolution *convolution, int32_t images, int32_t threads, bool packs) {
  return convolution->convolution->scratch(images, threads, packs);
}

double ck_convolution_multiplications(const ck_convolution *convolution) {
  return convolution->convolution->multiplications;
}

bool ck_convolution_run(
  ck_convolution *convolution, const ck_convolution_run_arguments *arguments, ck_threads *threads) {
  return convolution->convolution->run(*arguments, *threads);
}

// -- Images

size_t ck_image_bytes(const ck_map *image) { return ck::ImageLayout(*image).image; }

void ck_image_normalize(
  ck_instruction_set set, const uint8_t *pixels, int32_t images, const ck_map *image, const float factors[3],
  const float shifts[3], void *output, ck_threads *threads) {
  ck::normalizeImages(ck::kernelsOf(set), pixels, images, *image, factors, shifts, output, *threads);
}

void ck_image_load(const float *values, int32_t images, const ck_map *image, void *output, ck_threads *threads) {
  ck::loadImages(values, images, *image, output, *threads);
}

// -- Other layers

void ck_maximum_pool(
  ck_instruction_set set, const ck_map *input, const ck_map *output, int32_t kernel, int32_t stride, int32_t padding,
  int32_t images, const void *source, void *target, ck_threads *threads) {
  ck::maximumPool(ck::kernelsOf(set), *input, *output, kernel, stride, padding, images, source, target, *threads);
}

void ck_l2_normalize(
  ck_instruction_set set, const ck_map *input, const ck_map *output, const float *factors, float epsilon,
  int32_t images, const void *source, void *target, ck_threads *threads) {
  ck::l2Normalize(ck::kernelsOf(set), *input, *output, factors, epsilon, images, source, target, *threads);
}

void ck_add(
  ck_instruction_set set, const ck_map *first, const ck_map *second, const ck_map *output, ck_activation activation,
  int32_t images, const void *first_source, const void *second_source, void *target, ck_threads *threads) {
  ck::add(
    ck::kernelsOf(set), *first, *second, *output, activation, images, first_source, second_source, target, *threads);
}

void ck_scale_channels(
  ck_instruction_set set, const ck_map *input, const ck_map *scales, const ck_map *output, ck_activation activation,
  int32_t images, const void *source, const void *scales_source, void *target, ck_threads *threads) {
  ck::scaleChannels(
    ck::kernelsOf(set), *input, *scales, *output, activation, images, source, scales_source, target, *threads);
}

void ck_global_average(
  ck_instruction_set set, const ck_map *input, const ck_map *output, int32_t images, const void *source, void *target,
  ck_threads *threads) {
  ck::globalAverage(ck::kernelsOf(set), *input, *output, images, source, target, *threads);
}

// -- Maps in and out

size_t ck_map_bytes(const ck_map *map) { return ck::MapLayout(*map).image; }

void ck_clear_border(const ck_map *map, int32_t images, void *data, ck_threads *threads) {
  ck::clearBorder(*map, images, data, *threads);
}

void ck_map_read(const ck_map *map, int32_t images, const void *data, float *values) {
  ck::readMap(*map, images, data, values);
}

void ck_map_write(const ck_map *map, int32_t images, const float *values, void *data) {
  ck::writeMap(*map, images, values, data);
}

void ck_map_load(
  const ck_map *source_map, const ck_map *target_map, int32_t images, const void *source, void *target,
  ck_threads *threads) {
  ck::loadMap(*source_map, *target_map, images, source, target, *threads);
}
