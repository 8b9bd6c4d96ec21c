// Winograd's transforms of tiles and of weights, over vectors of channels; included by VectorKernels.h.

#include "WinogradTransforms.h"

// One block of channels of some tiles.
//
// A tile's rows lie pages apart, and so do its elements, where no prefetcher of the hardware follows; so what the next
// tile reads and writes is asked for while this one is computed.
template <ck_element element, int m>
void inputTransform(const InputTransformArguments &a) {
  constexpr int n = m + 2, bytes = vectorLanes * (element == CK_FLOAT32 ? 4 : 2);
  for (int tile = 0; tile < a.tiles; tile++) {
    if (tile + 1 < a.tiles) {
      const uint8_t *next = a.input + a.offsets[tile + 1];
      for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) __builtin_prefetch(next + y * a.row + x * a.pixel);
      for (int i = 0; i < n * n; i++)
        __builtin_prefetch(a.output + (tile + 1) * blockBytes + i * a.elementDistance, 1);
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

// A row of a tile's finished pixels into the map, as far as the map reaches.
template <ck_element element, int m>
INLINE void storeRow(const Vector *row, int columns, const Destination &to, ptrdiff_t first, ptrdiff_t pixel, int part) {
  if (columns >= m) {
    UNROLL for (int x = 0; x < m; x++) stored<element>(row[x], to, first + x * pixel, part);
  } else {
    for (int x = 0; x < columns; x++) stored<element>(row[x], to, first + x * pixel, part);
  }
}

// Two rows of a tile as a row of maxima.
template <ck_element element, int m>
INLINE void poolRows(
  const Vector *upper, const Vector *lower, int columns, const Destination &to, ptrdiff_t first, int part) {
  UNROLL for (int x = 0; x < m; x += 2) {
    if (x >= columns) continue;
    Vector maximum = __builtin_elementwise_max(upper[x], lower[x]);
    if (x + 1 < columns)
      maximum = __builtin_elementwise_max(maximum, __builtin_elementwise_max(upper[x + 1], lower[x + 1]));
    stored<element>(maximum, to, first + x / 2 * ptrdiff_t(to.pixel), part);
  }
}

// The lines that a tile will write come from far while it is computed.
template <int m>
INLINE void fetchForWriting(const uint8_t *first, ptrdiff_t row, ptrdiff_t pixel) {
  UNROLL for (int y = 0; y < m; y++)
    UNROLL for (int x = 0; x < m; x++) __builtin_prefetch(first + y * row + x * pixel, 1);
}

template <ck_element element, int m>
INLINE void outputTile(const OutputTransformArguments &a, int tile, int part) {
  constexpr int n = m + 2;
  const Destination to = a.destination, pooled = a.pooled;
  const int oy = a.origins[tile].y, ox = a.origins[tile].x;
  const int rows = (a.height - oy + a.dilation - 1) / a.dilation, columns = (a.width - ox + a.dilation - 1) / a.dilation;
  const ptrdiff_t first = ptrdiff_t(oy) * to.row + ptrdiff_t(ox) * to.pixel;
  const ptrdiff_t row = ptrdiff_t(to.row) * a.dilation, pixel = ptrdiff_t(to.pixel) * a.dilation;
  const ptrdiff_t firstPooled = ptrdiff_t(oy / 2) * pooled.row + ptrdiff_t(ox / 2) * pooled.pixel;
  if (to.data) fetchForWriting<m>(to.data + first, row, pixel);
  if (pooled.data) fetchForWriting<m / 2>(pooled.data + firstPooled, pooled.row, pooled.pixel);

  const float *from = a.sums + tile * a.tileDistance + part * vectorLanes;
  Vector half[n * m];
  UNROLL for (int x = 0; x < n; x++) {
    Vector s[n];
    UNROLL for (int y = 0; y < n; y++)
      s[y] = loaded<CK_FLOAT32>((const uint8_t *)(from + (y * n + x) * a.elementDistance));
    Winograd<m>::template output<1, n>(s, half + x);
  }
  const Vector bias = loaded<CK_FLOAT32>((const uint8_t *)(a.epilogue.biases + part * vectorLanes));
  const Vector least = Vector{} + (a.epilogue.hasReLU ? 0 : -__builtin_inff());
  // Two rows at a time are few enough for the registers.
  UNROLL for (int y = 0; y < m; y += 2) {
    Vector pixels[2][m];
    UNROLL for (int i = 0; i < 2; i++) {
      Winograd<m>::template output<1, 1>(half + (y + i) * n, pixels[i]);
      UNROLL for (int x = 0; x < m; x++) pixels[i][x] = __builtin_elementwise_max(pixels[i][x] + bias, least);
      if (to.data && y + i < rows) storeRow<element, m>(pixels[i], columns, to, first + (y + i) * row, pixel, part);
    }
    if (pooled.data && y < rows) {
      poolRows<element, m>(
        pixels[0], pixels[y + 1 < rows ? 1 : 0], columns, pooled, firstPooled + y / 2 * ptrdiff_t(pooled.row), part);
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
