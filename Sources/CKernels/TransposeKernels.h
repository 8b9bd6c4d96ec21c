// The transposition of a matrix in squares of `vectorLanes` values; included by VectorKernels.h.

// Exchanges the lanes in which bit `width` of the number is set in `a` with those in which it is not in `b`.
template <int width, int... lane>
INLINE void exchangeLanes(Vector &a, Vector &b, std::integer_sequence<int, lane...>) {
  const Vector first = __builtin_shufflevector(a, b, (lane & width ? vectorLanes + lane - width : lane)...);
  b = __builtin_shufflevector(a, b, (lane & width ? vectorLanes + lane : lane + width)...);
  a = first;
}

template <int width = 1>
INLINE void transposeSquare(Vector *rows) {
  if constexpr (width < vectorLanes) {
    UNROLL for (int row = 0; row < vectorLanes; row++)
      if (!(row & width))
        exchangeLanes<width>(rows[row], rows[row + width], std::make_integer_sequence<int, vectorLanes>());
    transposeSquare<2 * width>(rows);
  }
}

bool transpose(const TransposeArguments &a) {
  // Zero as long as all are finite, else not a number.
  Vector check = {};
  for (int lane = 0; lane < groupChannels; lane += vectorLanes) {
    size_t column = 0;
    for (; column + vectorLanes <= a.length; column += vectorLanes) {
      Vector square[vectorLanes];
      UNROLL for (int row = 0; row < vectorLanes; row++)
        square[row] = lane + row < a.count
          ? loaded<CK_FLOAT32>((const uint8_t *)(a.rows + size_t(lane + row) * a.length + column))
          : Vector{};
      UNROLL for (int row = 0; row < vectorLanes; row++) check += square[row] * 0;
      transposeSquare(square);
      UNROLL for (int row = 0; row < vectorLanes; row++)
        stored<CK_FLOAT32>(square[row], (uint8_t *)(a.columns + (column + size_t(row)) * a.distance + lane), 1);
    }
    for (; column < a.length; column++)
      for (int row = 0; row < vectorLanes; row++) {
        const float value = lane + row < a.count ? a.rows[size_t(lane + row) * a.length + column] : 0;
        a.columns[column * a.distance + lane + row] = value;
        check[row] += value * 0;
      }
  }
  for (int lane = 0; lane < vectorLanes; lane++)
    if (check[lane] != 0) return false;
  return true;
}
