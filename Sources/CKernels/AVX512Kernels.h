// The micro-kernel for 32 registers of 64 bytes; included by AVX512.cpp and AVX512BF16.cpp, above VectorKernels.h.
//
// 14 pixels x 32 channels: 28 sums, two registers of weights, one pixel's channels broadcast. A step of depth takes
// 16 loads for 28 multiply-adds, so the multiply-adds are the bound as long as the weights come from the second cache
// in time.
//
// Why assembly for two instructions: from intrinsics clang 21 folds the broadcast into each multiply-add, hoists
// others, and then has to spill sums; the same loop then reaches half of the peak. Volatile statements keep their
// order, and that order needs just 31 registers.

constexpr int kernelPixels = 14, panelLanes = 32;

INLINE __m512i broadcast(const uint8_t *at) {
  __m512i lanes;
  asm volatile("vbroadcastss %1, %0" : "=v"(lanes) : "m"(*(const int *)at));
  return lanes;
}

struct Float32Operand {
  using Sum = __m512;
  static constexpr int products = 1;
  static INLINE void multiplyAdd(Sum &sum, __m512i channels, __m512i weights) {
    asm volatile("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(channels), "v"(weights));
  }
  static INLINE __m512 float32(Sum sum) { return sum; }
};

// `neighbours`: whether pixels lie a block apart, so that their addresses are constants. That takes a fifth of the
// instructions away, which tells when another thread of the core wants its share of it.
template <class Operand, int pixels, int groups, bool neighbours>
void accumulateTile(const TileArguments &a) {
  typename Operand::Sum sums[pixels][groups];
  UNROLL for (int pixel = 0; pixel < pixels; pixel++)
    UNROLL for (int group = 0; group < groups; group++) sums[pixel][group] = {};
  const size_t distance = neighbours ? size_t(blockBytes) : a.pixelDistance;
  const ptrdiff_t aheadStep = a.aheadStep;
  const int depths = a.depth;
  for (int step = 0; step < a.stepCount; step++) {
    const uint8_t *input = a.input + a.steps[step].input;
    const uint8_t *weights = a.weights + a.steps[step].weights;
    const uint8_t *ahead = a.ahead + a.steps[step].weights / (groups * 64) * aheadStep;
    const uint8_t *next = a.input + a.steps[step + 1 < a.stepCount ? step + 1 : step].input;
    for (int depth = 0; depth < depths; depth++) {
      _mm_prefetch((const char *)next, _MM_HINT_T0);
      next += distance;
      __m512i lanes[groups];
      UNROLL for (int group = 0; group < groups; group++) {
        lanes[group] = _mm512_load_si512(weights + group * 64);
        _mm_prefetch((const char *)ahead + group * 64, _MM_HINT_T0);
      }
      UNROLL for (int pixel = 0; pixel < pixels; pixel++) {
        const __m512i channels = broadcast(input + pixel * distance);
        UNROLL for (int group = 0; group < groups; group++)
          Operand::multiplyAdd(sums[pixel][group], channels, lanes[group]);
      }
      input += 4;
      weights += groups * 64;
      ahead += aheadStep;
    }
  }
  UNROLL for (int pixel = 0; pixel < pixels; pixel++)
    UNROLL for (int group = 0; group < groups; group++)
      _mm512_storeu_ps(a.output + (pixel * groups + group) * 16, Operand::float32(sums[pixel][group]));
}

// Micro-kernels of 1 ... 14 pixels.
template <class Operand, int groups, bool neighbours, int... pixels>
constexpr auto accumulateTiles(std::integer_sequence<int, pixels...>) {
  return std::array<TileKernel, sizeof...(pixels)>{accumulateTile<Operand, pixels + 1, groups, neighbours>...};
}

template <class Operand>
void accumulate(const TileArguments &a) {
  using Pixels = std::make_integer_sequence<int, kernelPixels>;
  static constexpr std::array<TileKernel, kernelPixels> tiles[2][2] = {
    {accumulateTiles<Operand, 1, false>(Pixels()), accumulateTiles<Operand, 2, false>(Pixels())},
    {accumulateTiles<Operand, 1, true>(Pixels()), accumulateTiles<Operand, 2, true>(Pixels())}};
  tiles[a.pixelDistance == blockBytes][a.lanes / groupChannels - 1][a.pixels - 1](a);
}

template <class Operand>
int spin(int64_t turns) {
  constexpr int count = 16;
  typename Operand::Sum sums[count] = {};
  const __m512i zero = {};
  for (int64_t turn = 0; turn < turns; turn++) {
    UNROLL for (int i = 0; i < count; i++) Operand::multiplyAdd(sums[i], zero, zero);
  }
  return 2 * 16 * count * Operand::products;
}
