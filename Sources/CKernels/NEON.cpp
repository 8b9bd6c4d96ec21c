// 64-bit Arm.
#include "Maps.h"
#include "KernelTable.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include <array>
#include <type_traits>
#include <utility>

namespace ck {
namespace {

constexpr int vectorLanes = 4;
constexpr float activationLimit = 127;

#include "Vectors.inc"

CK_INLINE HalfVector toBFloat16(Vector value) { return roundedToBFloat16(value); }

// 6 pixels x 16 channels: 24 sums, four registers of weights and one of channels of the 32 there are.
constexpr int kernelPixels = 6, panelLanes = 16;

template <int pixels>
void accumulateTile(const TileArguments &a) {
  float32x4_t sums[pixels][4];
  CK_UNROLL for (int pixel = 0; pixel < pixels; pixel++) CK_UNROLL for (int part = 0; part < 4; part++)
    sums[pixel][part] = vdupq_n_f32(0);
  for (int step = 0; step < a.stepCount; step++) {
    const uint8_t *input = a.input + a.steps[step].input;
    const float *weights = (const float *)(a.weights + a.steps[step].weights);
    for (int depth = 0; depth < a.depth; depth++) {
      float32x4_t lanes[4];
      CK_UNROLL for (int part = 0; part < 4; part++) lanes[part] = vld1q_f32(weights + 4 * part);
      CK_UNROLL for (int pixel = 0; pixel < pixels; pixel++) {
        const float32x4_t channels = vld1q_dup_f32((const float *)(input + pixel * a.pixelDistance));
        CK_UNROLL for (int part = 0; part < 4; part++) sums[pixel][part] =
          vfmaq_f32(sums[pixel][part], channels, lanes[part]);
      }
      input += 4;
      weights += 16;
    }
  }
  CK_UNROLL for (int pixel = 0; pixel < pixels; pixel++) CK_UNROLL for (int part = 0; part < 4; part++)
    vst1q_f32(a.output + pixel * 16 + 4 * part, sums[pixel][part]);
}

template <int... pixels>
constexpr auto accumulateTiles(std::integer_sequence<int, pixels...>) {
  return std::array<TileKernel, sizeof...(pixels)>{accumulateTile<pixels + 1>...};
}

void accumulate(const TileArguments &a) {
  static constexpr auto tiles = accumulateTiles(std::make_integer_sequence<int, kernelPixels>());
  tiles[a.pixels - 1](a);
}

int spin(int64_t turns) {
  constexpr int count = 16;
  float32x4_t sums[count], zero = vdupq_n_f32(0);
  for (auto &sum : sums) sum = zero;
  for (int64_t turn = 0; turn < turns; turn++) {
    CK_UNROLL for (int i = 0; i < count; i++) {
      sums[i] = vfmaq_f32(sums[i], zero, zero);
      asm volatile("" : "+w"(sums[i]));
    }
  }
  return 2 * 4 * count;
}

#include "VectorKernels.inc"

constexpr KernelTable table = kernelTable({accumulate}, {spin});

}  // namespace

const KernelTable *const neonKernels = &table;

}  // namespace ck
#else
const ck::KernelTable *const ck::neonKernels = nullptr;
#endif
