// Any processor: what the others are tested against. Sums are plain loops in the order of the definition.
#include "Maps.h"
#include "KernelTable.h"

#include <array>
#include <type_traits>
#include <utility>

// Small rather than fast: a processor that runs these has nothing better to gain.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)

namespace ck {
namespace {

constexpr int vectorLanes = 4;
constexpr float activationLimit = 255;

#include "Vectors.inc"

CK_INLINE HalfVector toBFloat16(Vector value) { return roundedToBFloat16(value); }

constexpr int kernelPixels = 4, panelLanes = 16;

struct Float32Operand {
  using Element = float;
  using Weight = float;
  using Sum = float;
  static Sum product(Element a, Weight b) { return a * b; }
};

struct BFloat16Operand {
  using Element = uint16_t;
  using Weight = uint16_t;
  using Sum = float;
  static Sum product(Element a, Weight b) { return float32(a) * float32(b); }
};

struct Int8Operand {
  using Element = uint8_t;
  using Weight = int8_t;
  using Sum = int32_t;
  static Sum product(Element a, Weight b) { return int32_t(a) * int32_t(b); }
};

struct Int16Operand {
  using Element = int16_t;
  using Weight = int16_t;
  using Sum = int32_t;
  static Sum product(Element a, Weight b) { return int32_t(a) * int32_t(b); }
};

template <class Operand>
void accumulate(const TileArguments &a) {
  constexpr int kPack = 4 / sizeof(typename Operand::Element);
  for (int pixel = 0; pixel < a.pixels; pixel++) {
    typename Operand::Sum sums[panelLanes] = {};
    for (int step = 0; step < a.stepCount; step++) {
      const auto *input = (const typename Operand::Element *)(a.input + a.steps[step].input + pixel * a.pixelDistance);
      const auto *weights = (const typename Operand::Weight *)(a.weights + a.steps[step].weights);
      for (int depth = 0; depth < a.depth; depth++) {
        for (int lane = 0; lane < a.lanes; lane++) {
          for (int i = 0; i < kPack; i++) {
            sums[lane] += Operand::product(input[depth * kPack + i], weights[(depth * a.lanes + lane) * kPack + i]);
          }
        }
      }
    }
    for (int lane = 0; lane < a.lanes; lane++) a.output[pixel * a.lanes + lane] = float(sums[lane]);
  }
}

int spin(int64_t turns) {
  constexpr int count = 8;
  float sums[count] = {};
  float factor = 1;
  for (int64_t turn = 0; turn < turns; turn++) {
    asm volatile("" : "+m"(factor));
    for (float &sum : sums) sum += sum * factor;
  }
  asm volatile("" : : "m"(sums));
  return 2 * count;
}

#include "VectorKernels.inc"

constexpr KernelTable table = kernelTable(
  {accumulate<Float32Operand>, accumulate<BFloat16Operand>, accumulate<Int8Operand>, accumulate<Int16Operand>},
  {spin, spin, spin, spin});

}  // namespace

const KernelTable *const portableKernels = &table;

}  // namespace ck

#pragma clang attribute pop
