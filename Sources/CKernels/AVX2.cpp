// x86 with AVX2 and FMA (Haswell, Zen and later).
#include "Maps.h"
#include "KernelTable.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <type_traits>
#include <utility>

namespace ck {
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2"))), apply_to = function)
namespace {

constexpr int vectorLanes = 8;
// Pairs of products of bytes are summed in 16 bits, which two times 127 x 127 fit and 255 x 127 do not.
constexpr float activationLimit = 127;

#include "Vectors.inc"

CK_INLINE HalfVector toBFloat16(Vector value) { return roundedToBFloat16(value); }

// 6 pixels x 16 channels: 12 sums, two registers of weights and one of channels of the sixteen there are.
constexpr int kernelPixels = 6, panelLanes = 16;

struct Float32Operand {
  using Sum = __m256;
  static constexpr int products = 1;
  static CK_INLINE void multiplyAdd(Sum &sum, __m256i channels, __m256i weights) {
    asm volatile("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(channels), "x"(weights));
  }
  static CK_INLINE __m256 float32(Sum sum) { return sum; }
};

struct Int8Operand {
  using Sum = __m256i;
  static constexpr int products = 4;
  static CK_INLINE void multiplyAdd(Sum &sum, __m256i channels, __m256i weights) {
    const __m256i pairs = _mm256_maddubs_epi16(channels, weights);
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    asm volatile("" : "+x"(sum));
  }
  static CK_INLINE __m256 float32(Sum sum) { return _mm256_cvtepi32_ps(sum); }
};

struct Int16Operand {
  using Sum = __m256i;
  static constexpr int products = 2;
  static CK_INLINE void multiplyAdd(Sum &sum, __m256i channels, __m256i weights) {
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(channels, weights));
    asm volatile("" : "+x"(sum));
  }
  static CK_INLINE __m256 float32(Sum sum) { return _mm256_cvtepi32_ps(sum); }
};

template <class Operand, int pixels>
void accumulateTile(const TileArguments &a) {
  typename Operand::Sum sums[pixels][2] = {};
  for (int step = 0; step < a.stepCount; step++) {
    const uint8_t *input = a.input + a.steps[step].input;
    const uint8_t *weights = a.weights + a.steps[step].weights;
    const uint8_t *prefetch = a.prefetch + a.steps[step].weights / 64 * a.prefetchStep;
    for (int depth = 0; depth < a.depth; depth++) {
      const __m256i low = _mm256_load_si256((const __m256i *)weights);
      const __m256i high = _mm256_load_si256((const __m256i *)(weights + 32));
      _mm_prefetch((const char *)prefetch, _MM_HINT_T0);
      CK_UNROLL for (int pixel = 0; pixel < pixels; pixel++) {
        __m256i channels;
        asm volatile("vbroadcastss %1, %0" : "=x"(channels) : "m"(*(const int *)(input + pixel * a.pixelDistance)));
        Operand::multiplyAdd(sums[pixel][0], channels, low);
        Operand::multiplyAdd(sums[pixel][1], channels, high);
      }
      input += 4;
      weights += 64;
      prefetch += a.prefetchStep;
    }
  }
  CK_UNROLL for (int pixel = 0; pixel < pixels; pixel++) {
    _mm256_storeu_ps(a.output + pixel * 16, Operand::float32(sums[pixel][0]));
    _mm256_storeu_ps(a.output + pixel * 16 + 8, Operand::float32(sums[pixel][1]));
  }
}

template <class Operand, int... pixels>
constexpr auto accumulateTiles(std::integer_sequence<int, pixels...>) {
  return std::array<TileKernel, sizeof...(pixels)>{accumulateTile<Operand, pixels + 1>...};
}

template <class Operand>
void accumulate(const TileArguments &a) {
  static constexpr auto tiles = accumulateTiles<Operand>(std::make_integer_sequence<int, kernelPixels>());
  tiles[a.pixels - 1](a);
}

template <class Operand>
int spin(int64_t turns) {
  constexpr int count = 12;
  typename Operand::Sum sums[count] = {};
  const __m256i zero = {};
  for (int64_t turn = 0; turn < turns; turn++) {
    CK_UNROLL for (int i = 0; i < count; i++) Operand::multiplyAdd(sums[i], zero, zero);
  }
  return 2 * 8 * count * Operand::products;
}

#include "VectorKernels.inc"

constexpr KernelTable table = kernelTable(
  {accumulate<Float32Operand>, nullptr, accumulate<Int8Operand>, accumulate<Int16Operand>},
  {spin<Float32Operand>, nullptr, spin<Int8Operand>, spin<Int16Operand>});

}  // namespace
#pragma clang attribute pop

const KernelTable *const avx2Kernels = &table;

}  // namespace ck
#else
const ck::KernelTable *const ck::avx2Kernels = nullptr;
#endif
