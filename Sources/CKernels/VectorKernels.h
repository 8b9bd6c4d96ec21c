// The kernels that need no particular instruction, over vectors of `vectorLanes` floats: clang compiles its vector
// types to whatever the including file's target has. That file defines, before it includes this one:
// `vectorLanes`; `toBFloat16(Vector) -> HalfVector`, the micro-kernels and `kernelPixels`, `panelLanes`.
//
// Included into an unnamed namespace and below `#pragma clang attribute push(target(...))`: no two files share a
// function, and so none that was compiled for a newer processor can replace another.

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
  uint8_t *at = to.data + offset + part * vectorLanes * int(element == CK_FLOAT32 ? 4 : element == CK_BFLOAT16 ? 2 : 1);
  if constexpr (element == CK_FLOAT32) {
    const int lanes = to.lanes - part * vectorLanes;
    if (lanes < vectorLanes) {
      if (lanes > 0) __builtin_memcpy(at, &value, size_t(lanes) * 4);
      return;
    }
  }
  stored<element>(value, at, to.inverseScale);
}

INLINE Vector finished(Vector sum, const Epilogue &epilogue, int part) {
  const auto factors = loaded<CK_FLOAT32>((const uint8_t *)(epilogue.factors + part * vectorLanes));
  const auto biases = loaded<CK_FLOAT32>((const uint8_t *)(epilogue.biases + part * vectorLanes));
  const Vector value = sum * factors + biases;
  return epilogue.hasReLU ? __builtin_elementwise_max(value, Vector{}) : value;
}

template <ck_element element>
void storeTile(const StoreArguments &a) {
  for (int pixel = 0; pixel < a.pixels; pixel++) {
    const ptrdiff_t offset = ptrdiff_t(a.y) * a.destination.row + ptrdiff_t(a.x + pixel) * a.destination.pixel;
    for (int part = 0; part < groupChannels / vectorLanes; part++) {
      const Vector sum =
        loaded<CK_FLOAT32>((const uint8_t *)(a.sums + pixel * a.pixelDistance + part * vectorLanes));
      stored<element>(finished(sum, a.epilogue, part), a.destination, offset, part);
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

#include "WinogradTransforms.h"

// -- Winograd

// One block of channels of some tiles.
//
// A tile's rows lie pages apart, where no prefetcher of the hardware follows; so the next tile is asked for while this
// one is computed.
template <ck_element element, int m>
void inputTransform(const InputTransformArguments &a) {
  constexpr int n = m + 2, bytes = vectorLanes * (element == CK_FLOAT32 ? 4 : 2);
  for (int tile = 0; tile < a.tiles; tile++) {
    if (tile + 1 < a.tiles) {
      const uint8_t *next = a.input + a.offsets[tile + 1];
      for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) __builtin_prefetch(next + y * a.row + x * a.pixel);
    }
    for (int part = 0; part < blockBytes / bytes; part++) {
      const uint8_t *from = a.input + a.offsets[tile] + part * bytes;
      uint8_t *to = a.output + tile * blockBytes + part * bytes;
      Vector columns[n * n];
      UNROLL for (int x = 0; x < n; x++) {
        Vector d[n];
        UNROLL for (int y = 0; y < n; y++) d[y] = loaded<element>(from + y * a.row + x * a.pixel);
        Winograd<m>::template input<1, n>(d, columns + x);
      }
      UNROLL for (int y = 0; y < n; y++) {
        Vector v[n];
        Winograd<m>::template input<1, 1>(columns + y * n, v);
        UNROLL for (int x = 0; x < n; x++) stored<element>(v[x], to + (y * n + x) * a.elementDistance, 1);
      }
    }
  }
}

template <ck_element element, int m>
INLINE void outputTile(const OutputTransformArguments &a, int tile, int part) {
  constexpr int n = m + 2;
  const float *from = a.sums + tile * a.tileDistance + part * vectorLanes;
  Vector columns[n * m], pixels[m * m];
  UNROLL for (int x = 0; x < n; x++) {
    Vector s[n];
    UNROLL for (int y = 0; y < n; y++)
      s[y] = loaded<CK_FLOAT32>((const uint8_t *)(from + (y * n + x) * a.elementDistance));
    Winograd<m>::template output<1, n>(s, columns + x);
  }
  UNROLL for (int y = 0; y < m; y++) {
    Winograd<m>::template output<1, 1>(columns + y * n, pixels + y * m);
    UNROLL for (int x = 0; x < m; x++) pixels[y * m + x] = finished(pixels[y * m + x], a.epilogue, part);
  }

  const int oy = a.origins[tile].y, ox = a.origins[tile].x;
  const int rows = (a.height - oy + a.dilation - 1) / a.dilation, columns_ = (a.width - ox + a.dilation - 1) / a.dilation;
  const bool isWhole = rows >= m && columns_ >= m;
  if (a.destination.data) {
    const ptrdiff_t first = ptrdiff_t(oy) * a.destination.row + ptrdiff_t(ox) * a.destination.pixel;
    const ptrdiff_t row = ptrdiff_t(a.destination.row) * a.dilation, pixel = ptrdiff_t(a.destination.pixel) * a.dilation;
    if (isWhole) {
      UNROLL for (int y = 0; y < m; y++)
        UNROLL for (int x = 0; x < m; x++)
          stored<element>(pixels[y * m + x], a.destination, first + y * row + x * pixel, part);
    } else {
      for (int y = 0; y < m && y < rows; y++)
        for (int x = 0; x < m && x < columns_; x++)
          stored<element>(pixels[y * m + x], a.destination, first + y * row + x * pixel, part);
    }
  }
  if (a.pooled.data) {
    if (!isWhole) {
      // What lies outside must not win; after a ReLU nothing is below zero.
      for (int y = 0; y < m; y++)
        for (int x = 0; x < m; x++)
          if (y >= rows || x >= columns_) pixels[y * m + x] = Vector{};
    }
    UNROLL for (int y = 0; y < m / 2; y++)
      UNROLL for (int x = 0; x < m / 2; x++) {
        if (oy / 2 + y >= a.pooledHeight || ox / 2 + x >= a.pooledWidth) continue;
        const Vector *corner = pixels + 2 * y * m + 2 * x;
        const Vector maximum = __builtin_elementwise_max(
          __builtin_elementwise_max(corner[0], corner[1]), __builtin_elementwise_max(corner[m], corner[m + 1]));
        stored<element>(
          maximum, a.pooled, ptrdiff_t(oy / 2 + y) * a.pooled.row + ptrdiff_t(ox / 2 + x) * a.pooled.pixel, part);
      }
  }
}

template <ck_element element, int m>
void outputTiles(const OutputTransformArguments &a) {
  for (int tile = 0; tile < a.tiles; tile++)
    for (int part = 0; part < groupChannels / vectorLanes; part++) outputTile<element, m>(a, tile, part);
}

template <int m>
void outputTransform(const OutputTransformArguments &a) {
  switch (a.destination.data ? a.destination.element : a.pooled.element) {
    case CK_FLOAT32: return outputTiles<CK_FLOAT32, m>(a);
    case CK_BFLOAT16: return outputTiles<CK_BFLOAT16, m>(a);
    case CK_UINT8: return outputTiles<CK_UINT8, m>(a);
  }
}

// The transform of one input channel's kernels, `vectorLanes` outputs at a time.
template <int m>
INLINE void kernelTransform(const WeightTransformArguments &a, int firstLane, int input, Vector *u) {
  constexpr int n = m + 2;
  Vector taps[9], columns[3 * n];
  for (int tap = 0; tap < 9; tap++) {
    float values[vectorLanes];
    for (int lane = 0; lane < vectorLanes; lane++) {
      const int output = firstLane + lane;
      values[lane] =
        output < a.outputs && input < a.inputs ? a.weights[(size_t(output) * a.inputs + input) * 9 + tap] : 0;
    }
    __builtin_memcpy(&taps[tap], values, sizeof values);
  }
  UNROLL for (int x = 0; x < 3; x++) {
    const Vector column[3] = {taps[x], taps[3 + x], taps[6 + x]};
    Winograd<m>::template kernel<3>(column, columns + x);
  }
  UNROLL for (int y = 0; y < n; y++) Winograd<m>::template kernel<1>(columns + 3 * y, u + y * n);
}

template <ck_element element, int m>
void weightTransform(const WeightTransformArguments &a) {
  constexpr int n = m + 2, together = element == CK_FLOAT32 ? 1 : 2;
  for (int input = 0; input < a.inputs; input += together) {
    for (int lane = 0; lane < a.lanes; lane += vectorLanes) {
      uint8_t *to = a.output + (size_t(input / together) * a.lanes + lane) * 4;
      Vector u[n * n];
      kernelTransform<m>(a, lane, input, u);
      if constexpr (element == CK_FLOAT32) {
        UNROLL for (int i = 0; i < n * n; i++) stored<CK_FLOAT32>(u[i], to + i * a.elementDistance, 1);
      } else {
        Vector next[n * n];
        kernelTransform<m>(a, lane, input + 1, next);
        UNROLL for (int i = 0; i < n * n; i++) {
          const BitVector pair = __builtin_convertvector(toBFloat16(u[i]), BitVector)
            | __builtin_convertvector(toBFloat16(next[i]), BitVector) << 16;
          __builtin_memcpy(to + i * a.elementDistance, &pair, sizeof pair);
        }
      }
    }
  }
}

template <ck_element element, int m>
constexpr WinogradKernels winogradKernels() {
  return {inputTransform<element, m>, outputTransform<m>, weightTransform<element, m>};
}

// -- Pooling and normalisation

template <ck_element element>
void poolRow(const PoolArguments &a) {
  for (int x = 0; x < a.width; x++) {
    // Values of any kind that are not negative are in the order of their bits.
    using Lanes = std::conditional_t<element == CK_FLOAT32, Block32, std::conditional_t<element == CK_BFLOAT16, Block16, Block8>>;
    Lanes maximum{};
    for (int i = 0; i < a.kernel; i++)
      for (int j = 0; j < a.kernel; j++) {
        Lanes value;
        __builtin_memcpy(
          &value, a.input + i * a.inputRow + (size_t(x) * a.stride + j) * blockBytes, sizeof value);
        maximum = __builtin_elementwise_max(maximum, value);
      }
    __builtin_memcpy(a.output + size_t(x) * blockBytes, &maximum, sizeof maximum);
  }
}

void pool(const PoolArguments &a) {
  switch (a.element) {
    case CK_FLOAT32: return poolRow<CK_FLOAT32>(a);
    case CK_BFLOAT16: return poolRow<CK_BFLOAT16>(a);
    case CK_UINT8: return poolRow<CK_UINT8>(a);
  }
}

template <ck_element element>
constexpr int vectorBytes = vectorLanes * (element == CK_FLOAT32 ? 4 : element == CK_BFLOAT16 ? 2 : 1);

template <ck_element from, ck_element to>
void normalizeRow(const LengthArguments &a) {
  constexpr int fromPart = vectorBytes<from>, toPart = vectorBytes<to>;
  const int parts = a.inputBlocks * blockBytes / fromPart;
  const auto source = [&](int x, int part) INLINE_LAMBDA {
    const int perBlock = blockBytes / fromPart;
    return loaded<from>(
      a.input + part / perBlock * a.inputBlock + size_t(x) * blockBytes + part % perBlock * fromPart);
  };
  for (int x = 0; x < a.width; x++) {
    Vector squares{};
    for (int part = 0; part < parts; part++) {
      const Vector value = source(x, part);
      squares += value * value;
    }
    float sum = 0;
    for (int lane = 0; lane < vectorLanes; lane++) sum += squares[lane];
    // An all-zero pixel would be divided by zero; 1e-10 is what the authors' Caffe layer adds.
    const float divisor =
      a.inputScale / __builtin_sqrtf(sum * a.inputScale * a.inputScale + 1e-10f);
    // Blocks of the output may have more channels than those of the input; all of them are written.
    for (int part = 0; part < a.outputBlocks * blockBytes / toPart; part++) {
      const int perBlock = blockBytes / toPart;
      const Vector factors = loaded<CK_FLOAT32>((const uint8_t *)(a.factors + part * vectorLanes));
      stored<to>(
        part < parts ? source(x, part) * divisor * factors : Vector{},
        a.output + part / perBlock * a.outputBlock + size_t(x) * blockBytes + part % perBlock * toPart,
        a.inverseScale);
    }
  }
}

void normalizeLength(const LengthArguments &a) {
  const auto to = [&]<ck_element from>() {
    switch (a.outputElement) {
      case CK_FLOAT32: return normalizeRow<from, CK_FLOAT32>(a);
      case CK_BFLOAT16: return normalizeRow<from, CK_BFLOAT16>(a);
      case CK_UINT8: return normalizeRow<from, CK_UINT8>(a);
    }
  };
  switch (a.inputElement) {
    case CK_FLOAT32: return to.template operator()<CK_FLOAT32>();
    case CK_BFLOAT16: return to.template operator()<CK_BFLOAT16>();
    case CK_UINT8: return to.template operator()<CK_UINT8>();
  }
}

// Vectors of three channels in turn: the pattern of factors repeats after three vectors.
template <ck_element element>
void normalizePixelsTo(
  const uint8_t *pixels, int count, const float factors[3], const float shifts[3], uint8_t *output) {
  Vector factor[3], shift[3];
  for (int i = 0; i < 3 * vectorLanes; i++) {
    factor[i / vectorLanes][i % vectorLanes] = factors[i % 3];
    shift[i / vectorLanes][i % vectorLanes] = shifts[i % 3];
  }
  const int values = 3 * count;
  int i = 0;
  for (; i + 3 * vectorLanes <= values; i += 3 * vectorLanes) {
    UNROLL for (int part = 0; part < 3; part++) {
      const int at = i + part * vectorLanes;
      stored<element>(
        loaded<CK_UINT8>(pixels + at) * factor[part] + shift[part],
        output + at * (element == CK_FLOAT32 ? 4 : 2), 1);
    }
  }
  for (; i < values; i++) {
    const Vector value = Vector{} + (float(pixels[i]) * factors[i % 3] + shifts[i % 3]);
    uint8_t bytes[sizeof(Vector)];
    stored<element>(value, bytes, 1);
    __builtin_memcpy(output + i * (element == CK_FLOAT32 ? 4 : 2), bytes, element == CK_FLOAT32 ? 4 : 2);
  }
}

void normalizePixels(
  const uint8_t *pixels, int count, const float factors[3], const float shifts[3], ck_element element,
  void *output) {
  if (element == CK_BFLOAT16) {
    normalizePixelsTo<CK_BFLOAT16>(pixels, count, factors, shifts, (uint8_t *)output);
  } else {
    normalizePixelsTo<CK_FLOAT32>(pixels, count, factors, shifts, (uint8_t *)output);
  }
}

constexpr KernelTable kernelTable(TileKernel float32, TileKernel bfloat16, TileKernel uint8, int (*const spin[3])(int64_t)) {
  return {
    kernelPixels, panelLanes, {float32, bfloat16, uint8}, store,
    {{winogradKernels<CK_FLOAT32, 2>(), winogradKernels<CK_FLOAT32, 4>(), winogradKernels<CK_FLOAT32, 6>()},
     {winogradKernels<CK_BFLOAT16, 2>(), winogradKernels<CK_BFLOAT16, 4>(), winogradKernels<CK_BFLOAT16, 6>()}},
    pool, normalizeLength, normalizePixels, {spin[0], spin[1], spin[2]}};
}
