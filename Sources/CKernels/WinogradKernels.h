// Winograd's transforms of tiles and of weights, over vectors of channels; included by VectorKernels.h.

#include "WinogradTransforms.h"

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
