// x86 with AVX-512 (Skylake-X and later).
#include "Maps.h"
#include "KernelTable.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <type_traits>
#include <utility>

namespace ck {
#pragma clang attribute push( \
  __attribute__((target("avx2,fma,f16c,bmi,bmi2,avx512f,avx512bw,avx512dq,avx512vl,avx512cd"))), apply_to = function)
namespace {

constexpr int vectorLanes = 16;
// Pairs of products of bytes are summed in 16 bits, which two times 127 x 127 fit and 255 x 127 do not.
constexpr float activationLimit = 127;

#include "Vectors.inc"

CK_INLINE HalfVector toBFloat16(Vector value) { return roundedToBFloat16(value); }

#include "AVX512Kernels.inc"

struct Int8Operand {
  using Sum = __m512i;
  static constexpr int products = 4;
  static CK_INLINE void multiplyAdd(Sum &sum, __m512i channels, __m512i weights) {
    const __m512i pairs = _mm512_maddubs_epi16(channels, weights);
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
    asm volatile("" : "+v"(sum));
  }
  static CK_INLINE __m512 float32(Sum sum) { return _mm512_cvtepi32_ps(sum); }
};

struct Int16Operand {
  using Sum = __m512i;
  static constexpr int products = 2;
  static CK_INLINE void multiplyAdd(Sum &sum, __m512i channels, __m512i weights) {
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(channels, weights));
    asm volatile("" : "+v"(sum));
  }
  static CK_INLINE __m512 float32(Sum sum) { return _mm512_cvtepi32_ps(sum); }
};

#include "VectorKernels.inc"

constexpr KernelTable table = kernelTable(
  {accumulate<Float32Operand>, nullptr, accumulate<Int8Operand>, accumulate<Int16Operand>},
  {spin<Float32Operand>, nullptr, spin<Int8Operand>, spin<Int16Operand>});

}  // namespace
#pragma clang attribute pop

const KernelTable *const avx512Kernels = &table;

}  // namespace ck
#else
const ck::KernelTable *const ck::avx512Kernels = nullptr;
#endif
