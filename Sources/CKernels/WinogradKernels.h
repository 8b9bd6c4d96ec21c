// Winograd's transforms of tiles and of weights, over vectors of channels; included by VectorKernels.h.

#include "WinogradTransforms.h"

constexpr Operand transformedOperand(ck_element element) {
  return element == CK_FLOAT32 ? CK_FLOAT32_OPERAND : element == CK_BFLOAT16 ? CK_BFLOAT16_OPERAND : CK_WORD_OPERAND;
}

// The greatest word of a transformed tile of bytes: 12 bits, which leave as many to the weights on average before sums
// of 512 products fill their 32 bits.
constexpr float wordLimit = 4095;

// How many words a unit of a transformed tile's element is worth, if no sum of bytes can exceed `wordLimit`.
template <int m>
constexpr float wordScale(int y, int x) {
  return wordLimit / (activationLimit * float(Winograd<m>::template reach<Winograd<m>>(y, x)));
}

// Rounded to the nearest, ties to even: beyond 1.5 * 2^23 floats have no fraction, and a word is their lower half.
INLINE HalfVector toWords(Vector value) {
  return __builtin_convertvector((BitVector)(value + 0x1.8p23f), HalfVector);
}

// One element of a transformed tile.
template <ck_element element, int m>
INLINE void storeTransformed(Vector value, int y, int x, uint8_t *at) {
  if constexpr (transformedOperand(element) == CK_WORD_OPERAND) {
    const HalfVector words = toWords(value * wordScale<m>(y, x));
    __builtin_memcpy(at, &words, sizeof words);
  } else {
    stored<element>(value, at, 1);
  }
}

// One block of channels of some tiles of rows x columns outputs.
//
// A tile's rows lie pages apart, and so do its elements, where no prefetcher of the hardware follows; so what the next
// tile reads and writes is asked for while this one is computed.
template <ck_element element, int m, int rows, int columns>
void inputTransform(const InputTransformArguments &a) {
  using Down = Winograd<m, rows>;
  using Across = Winograd<m, columns>;
  constexpr int sourceBytes = vectorBytes<element>;
  constexpr int targetBytes = vectorLanes * operandBytes(transformedOperand(element));
  const auto at = [&](int y, int x) { return (Down::element(y) * (m + 2) + Across::element(x)) * a.elementDistance; };
  for (int tile = 0; tile < a.tiles; tile++) {
    if (a.fetchesAhead && tile + 1 < a.tiles) {
      const uint8_t *next = a.input + a.offsets[tile + 1];
      for (int y = 0; y < Down::n; y++) {
        for (int x = 0; x < Across::n; x++) {
          __builtin_prefetch(next + y * a.row + x * a.pixel);
          __builtin_prefetch(a.output + (tile + 1) * blockBytes + at(y, x), 1);
        }
      }
    }
    for (int part = 0; part < blockBytes / targetBytes; part++) {
      const uint8_t *from = a.input + a.offsets[tile] + part * sourceBytes;
      uint8_t *to = a.output + tile * blockBytes + part * targetBytes;
      Vector half[Down::n * Across::n];
      UNROLL for (int x = 0; x < Across::n; x++) {
        Vector d[Down::n];
        UNROLL for (int y = 0; y < Down::n; y++) d[y] = loaded<element>(from + y * a.row + x * a.pixel);
        Down::template input<1, Across::n>(d, half + x);
      }
      UNROLL for (int y = 0; y < Down::n; y++) {
        Vector v[Across::n];
        Across::template input<1, 1>(half + y * Across::n, v);
        UNROLL for (int x = 0; x < Across::n; x++)
          storeTransformed<element, m>(v[x], Down::element(y), Across::element(x), to + at(y, x));
      }
    }
  }
}

// A row of a tile's finished pixels into the map, as far as the map reaches.
template <ck_element element, int columns>
INLINE void storeRow(const Vector *row, int left, const Destination &to, ptrdiff_t first, ptrdiff_t pixel, int part) {
  if (left >= columns) {
    UNROLL for (int x = 0; x < columns; x++) stored<element>(row[x], to, first + x * pixel, part);
  } else {
    for (int x = 0; x < left; x++) stored<element>(row[x], to, first + x * pixel, part);
  }
}

// Two rows of a tile as a row of maxima.
template <ck_element element, int columns>
INLINE void poolRows(
  const Vector *upper, const Vector *lower, int left, const Destination &to, ptrdiff_t first, int part) {
  UNROLL for (int x = 0; x < columns; x += 2) {
    if (x >= left) continue;
    Vector maximum = __builtin_elementwise_max(upper[x], lower[x]);
    if (x + 1 < left)
      maximum = __builtin_elementwise_max(maximum, __builtin_elementwise_max(upper[x + 1], lower[x + 1]));
    stored<element>(maximum, to, first + x / 2 * ptrdiff_t(to.pixel), part);
  }
}

// The lines that a tile will write come from far while it is computed.
template <int rows, int columns>
INLINE void fetchForWriting(const uint8_t *first, ptrdiff_t row, ptrdiff_t pixel) {
  UNROLL for (int y = 0; y < rows; y++)
    UNROLL for (int x = 0; x < columns; x++) __builtin_prefetch(first + y * row + x * pixel, 1);
}

template <ck_element element, int m, int rows, int columns>
INLINE void outputTile(const OutputTransformArguments &a, int tile, int part) {
  using Down = Winograd<m, rows>;
  using Across = Winograd<m, columns>;
  const Destination to = a.destination, pooled = a.pooled;
  const int oy = a.origins[tile].y, ox = a.origins[tile].x;
  const int below = (a.height - oy + a.dilation - 1) / a.dilation, left = (a.width - ox + a.dilation - 1) / a.dilation;
  const ptrdiff_t first = ptrdiff_t(oy) * to.row + ptrdiff_t(ox) * to.pixel;
  const ptrdiff_t row = ptrdiff_t(to.row) * a.dilation, pixel = ptrdiff_t(to.pixel) * a.dilation;
  const ptrdiff_t firstPooled = ptrdiff_t(oy / 2) * pooled.row + ptrdiff_t(ox / 2) * pooled.pixel;
  if (to.data) fetchForWriting<rows, columns>(to.data + first, row, pixel);
  if (pooled.data) fetchForWriting<rows / 2, columns / 2>(pooled.data + firstPooled, pooled.row, pooled.pixel);

  const float *from = a.sums + tile * a.tileDistance + part * vectorLanes;
  Vector half[rows * Across::n];
  UNROLL for (int x = 0; x < Across::n; x++) {
    Vector s[Down::n];
    UNROLL for (int y = 0; y < Down::n; y++) {
      const size_t at = Down::element(y) * (m + 2) + Across::element(x);
      s[y] = loaded<CK_FLOAT32>((const uint8_t *)(from + at * a.elementDistance));
    }
    Down::template output<1, Across::n>(s, half + x);
  }
  const Finish finish(a.epilogue, part);
  // Two rows at a time are few enough for the registers.
  UNROLL for (int y = 0; y < rows; y += 2) {
    Vector pixels[2][columns];
    UNROLL for (int i = 0; i < 2; i++) {
      Across::template output<1, 1>(half + (y + i) * Across::n, pixels[i]);
      UNROLL for (int x = 0; x < columns; x++) pixels[i][x] = finish(pixels[i][x]);
      if (to.data && y + i < below)
        storeRow<element, columns>(pixels[i], left, to, first + (y + i) * row, pixel, part);
    }
    if (pooled.data && y < below) {
      poolRows<element, columns>(
        pixels[0], pixels[y + 1 < below ? 1 : 0], left, pooled, firstPooled + y / 2 * ptrdiff_t(pooled.row), part);
    }
  }
}

template <ck_element element, int m, int rows, int columns>
void outputTiles(const OutputTransformArguments &a) {
  for (int tile = 0; tile < a.tiles; tile++)
    for (int part = 0; part < groupChannels / vectorLanes; part++) outputTile<element, m, rows, columns>(a, tile, part);
}

template <int m, int rows, int columns>
void outputTransform(const OutputTransformArguments &a) {
  switch (a.destination.data ? a.destination.element : a.pooled.element) {
    case CK_FLOAT32: return outputTiles<CK_FLOAT32, m, rows, columns>(a);
    case CK_BFLOAT16: return outputTiles<CK_BFLOAT16, m, rows, columns>(a);
    case CK_UINT8: return outputTiles<CK_UINT8, m, rows, columns>(a);
  }
}

// The transform of one input channel's kernels, `vectorLanes` outputs at a time.
template <int m>
INLINE void kernelTransform(const WeightTransformArguments &a, int firstLane, int input, Vector *u) {
  constexpr int n = m + 2;
  Vector taps[9], columns[3 * n];
  const float *from = a.weights + size_t(input) * 9 * a.lanes + firstLane;
  UNROLL for (int tap = 0; tap < 9; tap++)
    taps[tap] = input < a.inputs ? loaded<CK_FLOAT32>((const uint8_t *)(from + tap * a.lanes)) : Vector{};
  UNROLL for (int x = 0; x < 3; x++) {
    const Vector column[3] = {taps[x], taps[3 + x], taps[6 + x]};
    Winograd<m>::template kernel<3>(column, columns + x);
  }
  UNROLL for (int y = 0; y < n; y++) Winograd<m>::template kernel<1>(columns + 3 * y, u + y * n);
}

// The transformed kernels of two neighbouring inputs side by side, as two halves of a lane.
INLINE void storePair(HalfVector first, HalfVector second, uint8_t *at) {
  const BitVector pair =
    __builtin_convertvector(first, BitVector) | __builtin_convertvector(second, BitVector) << 16;
  __builtin_memcpy(at, &pair, sizeof pair);
}

// What a unit of some outputs' transformed kernels is worth in words, so that neither a word nor any sum of products
// can overflow: over all inputs, the words' magnitudes times `wordLimit` stay below 2^31, roundings included.
template <int m>
Vector kernelWordScale(const WeightTransformArguments &a, int firstLane) {
  constexpr int n = m + 2;
  Vector sums[n * n] = {}, greatest = Vector{} + 1e-30f;
  for (int input = 0; input < a.inputs; input++) {
    Vector u[n * n];
    kernelTransform<m>(a, firstLane, input, u);
    for (int i = 0; i < n * n; i++) {
      const Vector magnitude = __builtin_elementwise_abs(u[i]) / wordScale<m>(i / n, i % n);
      sums[i] += magnitude;
      greatest = __builtin_elementwise_max(greatest, magnitude);
    }
  }
  Vector greatestSum = Vector{} + 1e-30f;
  for (const Vector &sum : sums) greatestSum = __builtin_elementwise_max(greatestSum, sum);
  // A thousandth less for the roundings of these sums themselves.
  const float room = 0.999f * 0x1p31f / wordLimit - float(a.inputs);
  return __builtin_elementwise_min(room / greatestSum, 32767 / greatest);
}

template <int m>
void wordWeightTransform(const WeightTransformArguments &a) {
  constexpr int n = m + 2;
  for (int lane = 0; lane < a.lanes; lane += vectorLanes) {
    const Vector scale = kernelWordScale<m>(a, lane);
    for (int i = 0; i < vectorLanes; i++) a.factors[lane + i] /= scale[i];
    for (int input = 0; input < a.inputs; input += 2) {
      uint8_t *to = a.output + (size_t(input / 2) * a.lanes + lane) * 4;
      Vector first[n * n], second[n * n];
      kernelTransform<m>(a, lane, input, first);
      kernelTransform<m>(a, lane, input + 1, second);
      for (int i = 0; i < n * n; i++) {
        const Vector words = scale / wordScale<m>(i / n, i % n);
        storePair(toWords(first[i] * words), toWords(second[i] * words), to + i * a.elementDistance);
      }
    }
  }
}

template <ck_element element, int m>
void weightTransform(const WeightTransformArguments &a) {
  constexpr int n = m + 2, together = 4 / elementBytes(element);
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
        UNROLL for (int i = 0; i < n * n; i++)
          storePair(toBFloat16(u[i]), toBFloat16(next[i]), to + i * a.elementDistance);
      }
    }
  }
}

// Whether a whole tile's words have room for a part's too.
template <int m, int rows, int columns>
constexpr bool fitsWords() {
  using Whole = Winograd<m>;
  using Down = Winograd<m, rows>;
  using Across = Winograd<m, columns>;
  for (int y = 0; y < Down::n; y++)
    for (int x = 0; x < Across::n; x++)
      if (Down::template reach<Across>(y, x) > Whole::template reach<Whole>(Down::element(y), Across::element(x)))
        return false;
  return true;
}

template <ck_element element, int m, int rows, int columns>
constexpr void addTransforms(WinogradKernels &kernels) {
  if constexpr (rows <= m && columns <= m) {
    static_assert(element != CK_UINT8 || fitsWords<m, rows, columns>());
    kernels.input[rows / 2 - 1][columns / 2 - 1] = inputTransform<element, m, rows, columns>;
    kernels.output[rows / 2 - 1][columns / 2 - 1] = outputTransform<m, rows, columns>;
  }
}

template <ck_element element, int m>
constexpr WinogradKernels winogradKernels() {
  WinogradKernels kernels{};
  // F(6x6) would lose what twelve bits hold.
  if constexpr (element != CK_UINT8 || m < 6) {
    addTransforms<element, m, 2, 2>(kernels);
    addTransforms<element, m, 2, 4>(kernels);
    addTransforms<element, m, 2, 6>(kernels);
    addTransforms<element, m, 4, 2>(kernels);
    addTransforms<element, m, 4, 4>(kernels);
    addTransforms<element, m, 4, 6>(kernels);
    addTransforms<element, m, 6, 2>(kernels);
    addTransforms<element, m, 6, 4>(kernels);
    addTransforms<element, m, 6, 6>(kernels);
    if constexpr (element == CK_UINT8) {
      kernels.weights = wordWeightTransform<m>;
    } else {
      kernels.weights = weightTransform<element, m>;
    }
  }
  return kernels;
}
