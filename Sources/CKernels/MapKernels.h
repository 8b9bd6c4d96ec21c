// Pooling and normalisation, over vectors of channels; included by VectorKernels.h.

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

// As many as leave the first cache to their sums and a block's row.
constexpr int normalizedPixels = 64;

// Some pixels' channels, block after block: neighbouring pixels of a block lie side by side, the blocks far apart.
template <ck_element from, ck_element to>
void normalizeRun(const LengthArguments &a, const uint8_t *input, uint8_t *output, int pixels) {
  constexpr int fromPart = vectorBytes<from>, toPart = vectorBytes<to>;
  constexpr int fromPerBlock = blockBytes / fromPart, toPerBlock = blockBytes / toPart;
  const int parts = a.inputBlocks * fromPerBlock;
  const auto source = [&](int x, int part) INLINE_LAMBDA {
    return loaded<from>(
      input + part / fromPerBlock * a.inputBlock + size_t(x) * blockBytes + part % fromPerBlock * fromPart);
  };
  Vector squares[normalizedPixels] = {};
  for (int part = 0; part < parts; part++)
    for (int x = 0; x < pixels; x++) squares[x] += source(x, part) * source(x, part);

  float divisors[normalizedPixels];
  for (int x = 0; x < pixels; x++) {
    float sum = 0;
    for (int lane = 0; lane < vectorLanes; lane++) sum += squares[x][lane];
    // An all-zero pixel would be divided by zero; 1e-10 is what the authors' Caffe layer adds.
    divisors[x] = a.inputScale / __builtin_sqrtf(sum * a.inputScale * a.inputScale + 1e-10f);
  }
  // Blocks of the output may have more channels than those of the input; all of them are written.
  for (int part = 0; part < a.outputBlocks * toPerBlock; part++) {
    const Vector factors = loaded<CK_FLOAT32>((const uint8_t *)(a.factors + part * vectorLanes));
    for (int x = 0; x < pixels; x++) {
      stored<to>(
        part < parts ? source(x, part) * divisors[x] * factors : Vector{},
        output + part / toPerBlock * a.outputBlock + size_t(x) * blockBytes + part % toPerBlock * toPart,
        a.inverseScale);
    }
  }
}

template <ck_element from, ck_element to>
void normalizeRow(const LengthArguments &a) {
  for (int x = 0; x < a.width; x += normalizedPixels) {
    const size_t offset = size_t(x) * blockBytes;
    normalizeRun<from, to>(
      a, a.input + offset, a.output + offset, a.width - x < normalizedPixels ? a.width - x : normalizedPixels);
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
