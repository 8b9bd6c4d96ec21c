// The kernels that need no particular instruction, over vectors of `vectorLanes` floats: clang compiles its vector
// types to whatever the including file's target has. That file defines, before it includes this one:
// `vectorLanes`; `toBFloat16(Vector) -> HalfVector`, the micro-kernels and `kernelPixels`, `panelLanes`.
//
// Included into an unnamed namespace and below `#pragma clang attribute push(target(...))`: no two files share a
// function, and so none that was compiled for a newer processor can replace another.

template <ck_element element>
constexpr int vectorBytes = vectorLanes * elementBytes(element);

template <ck_element element>
INLINE Vector loaded(const uint8_t *at) {
  if constexpr (element == CK_FLOAT32) {
    Vector value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
  } else if constexpr (element == CK_BFLOAT16) {
    HalfVector half;
    __builtin_memcpy(&half, at, sizeof half);
    return (Vector)(__builtin_convertvector(half, BitVector) << 16);
  } else {
    ByteVector bytes;
    __builtin_memcpy(&bytes, at, sizeof bytes);
    return __builtin_convertvector(__builtin_convertvector(bytes, IntVector), Vector);
  }
}

template <ck_element element>
INLINE void stored(Vector value, uint8_t *at, float inverseScale) {
  if constexpr (element == CK_FLOAT32) {
    __builtin_memcpy(at, &value, sizeof value);
  } else if constexpr (element == CK_BFLOAT16) {
    const HalfVector half = toBFloat16(value);
    __builtin_memcpy(at, &half, sizeof half);
  } else {
    // Rounded to the nearest, and limited below the conversion, whose result is undefined beyond an Int.
    const Vector limited = __builtin_elementwise_min(
      __builtin_elementwise_max(value * inverseScale, Vector{} + 0.f), Vector{} + activationLimit);
    const ByteVector bytes = __builtin_convertvector(__builtin_convertvector(limited + 0.5f, IntVector), ByteVector);
    __builtin_memcpy(at, &bytes, sizeof bytes);
  }
}

// One vector of a group: lanes part * vectorLanes and on.
template <ck_element element>
INLINE void stored(Vector value, const Destination &to, ptrdiff_t offset, int part) {
  uint8_t *at = to.data + offset + part * vectorBytes<element>;
  if constexpr (element == CK_FLOAT32) {
    const int lanes = to.lanes - part * vectorLanes;
    if (lanes < vectorLanes) {
      if (lanes > 0) __builtin_memcpy(at, &value, size_t(lanes) * 4);
      return;
    }
  }
  stored<element>(value, at, to.inverseScale);
}

// One vector's part of an epilogue.
struct Finish {
  Finish(const Epilogue &epilogue, int part)
      : factor(loaded<CK_FLOAT32>((const uint8_t *)(epilogue.factors + part * vectorLanes))),
        bias(loaded<CK_FLOAT32>((const uint8_t *)(epilogue.biases + part * vectorLanes))),
        least(Vector{} + (epilogue.hasReLU ? 0 : -__builtin_inff())) {}

  // Not a number stays what it is, so that whoever trains sees it.
  INLINE Vector operator()(Vector sum) const {
    const Vector value = sum * factor + bias;
    return least > value ? least : value;
  }

  Vector factor, bias, least;
};

template <ck_element element>
void storeTile(const StoreArguments &a) {
  const Destination to = a.destination;
  for (int part = 0; part < groupChannels / vectorLanes; part++) {
    const Finish finish(a.epilogue, part);
    for (int pixel = 0; pixel < a.pixels; pixel++) {
      const Vector sum =
        loaded<CK_FLOAT32>((const uint8_t *)(a.sums + pixel * a.pixelDistance + part * vectorLanes));
      stored<element>(finish(sum), to, ptrdiff_t(a.y) * to.row + ptrdiff_t(a.x + pixel) * to.pixel, part);
    }
  }
}

void store(const StoreArguments &a) {
  switch (a.destination.element) {
    case CK_FLOAT32: return storeTile<CK_FLOAT32>(a);
    case CK_BFLOAT16: return storeTile<CK_BFLOAT16>(a);
    case CK_UINT8: return storeTile<CK_UINT8>(a);
  }
}

#include "MapKernels.h"
#include "TransposeKernels.h"
#include "WinogradKernels.h"

template <ck_element element>
constexpr std::array<WinogradKernels, 3> winogradKernels() {
  return {winogradKernels<element, 2>(), winogradKernels<element, 4>(), winogradKernels<element, 6>()};
}

constexpr KernelTable kernelTable(
  const std::array<TileKernel, operandCount> &tile, const std::array<SpinKernel, operandCount> &spin) {
  return {
    kernelPixels, panelLanes, tile, store, transpose,
    {winogradKernels<CK_FLOAT32>(), winogradKernels<CK_BFLOAT16>(), winogradKernels<CK_UINT8>()},
    pool, normalizeLength, normalizePixels, spin};
}
