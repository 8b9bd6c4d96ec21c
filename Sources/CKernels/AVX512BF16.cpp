// x86 with AVX-512, BF16 and VNNI (Cooper Lake, Sapphire Rapids, Zen 4 and later).
#include "Maps.h"
#include "KernelTable.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <type_traits>
#include <utility>

namespace ck {
#pragma clang attribute push(                                                                                          \
  __attribute__((target("avx2,fma,f16c,bmi,bmi2,avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx512bf16,avx512vnni"))), \
  apply_to = function)
namespace {

constexpr int vectorLanes = 16;
constexpr float activationLimit = 255;

#include "Vectors.inc"

CK_INLINE HalfVector toBFloat16(Vector value) { return (HalfVector)_mm512_cvtneps_pbh((__m512)value); }

#include "AVX512Kernels.inc"

struct BFloat16Operand {
  using Sum = __m512;
  static constexpr int products = 2;
  static CK_INLINE void multiplyAdd(Sum &sum, __m512i channels, __m512i weights) {
    asm volatile("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(channels), "v"(weights));
  }
  static CK_INLINE __m512 float32(Sum sum) { return sum; }
};

struct Int8Operand {
  using Sum = __m512i;
  static constexpr int products = 4;
  static CK_INLINE void multiplyAdd(Sum &sum, __m512i channels, __m512i weights) {
    asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(channels), "v"(weights));
  }
  static CK_INLINE __m512 float32(Sum sum) { return _mm512_cvtepi32_ps(sum); }
};

struct Int16Operand {
  using Sum = __m512i;
  static constexpr int products = 2;
  static CK_INLINE void multiplyAdd(Sum &sum, __m512i channels, __m512i weights) {
    asm volatile("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(channels), "v"(weights));
  }
  static CK_INLINE __m512 float32(Sum sum) { return _mm512_cvtepi32_ps(sum); }
};

#include "VectorKernels.inc"

constexpr KernelTable table = kernelTable(
  {accumulate<Float32Operand>, accumulate<BFloat16Operand>, accumulate<Int8Operand>, accumulate<Int16Operand>},
  {spin<Float32Operand>, spin<BFloat16Operand>, spin<Int8Operand>, spin<Int16Operand>});

}  // namespace
#pragma clang attribute pop

const KernelTable *const avx512BF16Kernels = &table;

}  // namespace ck
#else
const ck::KernelTable *const ck::avx512BF16Kernels = nullptr;
#endif
