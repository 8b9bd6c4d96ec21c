// Winograd's minimal filtering F(m x m, 3 x 3) on vectors of channels; included by VectorKernels.h.
//
// An output tile of m x m comes from an input tile of n x n, n = m + 2, as Y = A' [(G g G') (B' d B)] A. The matrices
// belong to n points: 0, pairs +-p, and infinity. Pairs halve the work, since even and odd powers are shared.
// m = 4: +-1/sqrt(2), +-sqrt(2) instead of the usual +-1, +-2, which costs nothing and halves the rounding error in
// bfloat16 (0.35 % instead of 0.7 %, SSD300's conv4_2); m = 6: +-1, +-2, +-1/2.
//
// At the end of a map fewer than m outputs may be wanted. For `outputs` of them, as many pairs fewer are enough, and the
// kernels transformed for m serve them too: a kernel's element belongs to its point, up to a factor, which the tile's
// transform puts right.

template <int m>
constexpr double winogradPoint(int index) {
  constexpr double four[] = {0.70710678118654752440, 1.41421356237309504880};
  constexpr double six[] = {1, 2, 0.5};
  return m == 2 ? 1 : m == 4 ? four[index] : six[index];
}

template <int m, int outputs = m>
struct Winograd {
  static constexpr int n = outputs + 2, pairs = outputs / 2;

  // Where the kernels for m have the point of a tile's row or column.
  static constexpr int element(int index) { return index < n - 1 ? index : m + 1; }

  struct Coefficients {
    // Of the polynomial in x^2 whose roots are all p^2, and of those that lack one of them.
    double all[pairs + 1] = {}, without[pairs][pairs] = {};
    // The first for the point 0, where the kernels' factor counts.
    double zero[pairs + 1] = {};
    // Powers of the points, and the rows of G.
    double powers[pairs][outputs] = {}, kernel[n][3] = {};
    // Of each row of B', the sums of its positive and of its negative numbers.
    double positive[n] = {}, negative[n] = {};

  };

  static constexpr Coefficients make() {
    Coefficients c;
    const auto multiply = [](double *polynomial, int degree, double root) {
      for (int i = degree; i > 0; i--) polynomial[i] = polynomial[i - 1] - root * polynomial[i];
      polynomial[0] *= -root;
    };
    const auto square = [](int i) { return winogradPoint<m>(i) * winogradPoint<m>(i); };
    // What the kernels for m are divided by, beyond what those for `outputs` would be.
    const auto excess = [&](double square) {
      double product = 1;
      for (int other = pairs; other < m / 2; other++) product *= square - winogradPoint<m>(other) * winogradPoint<m>(other);
      return product;
    };
    c.all[0] = 1;
    for (int i = 0; i < pairs; i++) {
      multiply(c.all, i + 1, square(i));
      c.without[i][0] = excess(square(i));
      for (int other = 0, degree = 0; other < pairs; other++) {
        if (other != i) multiply(c.without[i], ++degree, square(other));
      }
      c.powers[i][0] = 1;
      for (int power = 1; power < outputs; power++) c.powers[i][power] = c.powers[i][power - 1] * winogradPoint<m>(i);
    }
    for (int i = 0; i <= pairs; i++) c.zero[i] = excess(0) * c.all[i];
    double points[n - 1] = {};
    for (int i = 0; i < pairs; i++) {
      points[1 + 2 * i] = winogradPoint<m>(i);
      points[2 + 2 * i] = -winogradPoint<m>(i);
    }
    for (int row = 0; row < n - 1; row++) {
      double divisor = 1;
      for (int other = 0; other < n - 1; other++) {
        if (other != row) divisor *= points[row] - points[other];
      }
      for (int power = 0; power < 3; power++) {
        double value = 1;
        for (int i = 0; i < power; i++) value *= points[row];
        c.kernel[row][power] = value / divisor;
      }
    }
    c.kernel[n - 1][2] = 1;
    const auto count = [&](int row, double value) { (value > 0 ? c.positive : c.negative)[row] += value > 0 ? value : -value; };
    for (int i = 0; i <= pairs; i++) {
      count(0, c.zero[i]);
      count(n - 1, c.all[i]);
    }
    for (int pair = 0; pair < pairs; pair++) {
      for (int i = 0; i < pairs; i++) {
        const double even = c.without[pair][i], odd = winogradPoint<m>(pair) * even;
        count(1 + 2 * pair, even);
        count(1 + 2 * pair, odd);
        count(2 + 2 * pair, even);
        count(2 + 2 * pair, -odd);
      }
    }
    return c;
  }

  static constexpr Coefficients c = make();

  // The greatest magnitude of an element of a tile transformed by this downwards and by `Across` along its rows, if the
  // tile's elements lie between 0 and 1.
  template <class Across>
  static constexpr double reach(int y, int x) {
    const double up = c.positive[y] * Across::c.positive[x] + c.negative[y] * Across::c.negative[x];
    const double down = c.positive[y] * Across::c.negative[x] + c.negative[y] * Across::c.positive[x];
    return up > down ? up : down;
  }

  static INLINE Vector scaled(double factor, Vector value) { return factor == 1 ? value : value * float(factor); }
  static INLINE Vector added(Vector sum, double factor, Vector value) {
    return factor == 1 ? sum + value : value * float(factor) + sum;
  }

  // B' of one column: n values, `from` apart, to n values, `to` apart.
  template <int from, int to>
  static INLINE void input(const Vector *d, Vector *v) {
    Vector zero = scaled(c.zero[pairs], d[2 * pairs * from]);
    Vector infinity = scaled(c.all[pairs], d[(2 * pairs + 1) * from]);
    UNROLL for (int i = pairs - 1; i >= 0; i--) {
      zero = added(zero, c.zero[i], d[2 * i * from]);
      infinity = added(infinity, c.all[i], d[(2 * i + 1) * from]);
    }
    v[0] = zero;
    v[(n - 1) * to] = infinity;
    UNROLL for (int pair = 0; pair < pairs; pair++) {
      Vector even = scaled(c.without[pair][pairs - 1], d[2 * pairs * from]);
      Vector odd = scaled(c.without[pair][pairs - 1], d[(2 * pairs - 1) * from]);
      UNROLL for (int i = pairs - 2; i >= 0; i--) {
        even = added(even, c.without[pair][i], d[(2 * i + 2) * from]);
        odd = added(odd, c.without[pair][i], d[(2 * i + 1) * from]);
      }
      odd = scaled(winogradPoint<m>(pair), odd);
      v[(1 + 2 * pair) * to] = even + odd;
      v[(2 + 2 * pair) * to] = even - odd;
    }
  }

  // A' of one column: n values, `from` apart, to `outputs` values, `to` apart.
  template <int from, int to>
  static INLINE void output(const Vector *s, Vector *y) {
    Vector sums[pairs], differences[pairs];
    UNROLL for (int pair = 0; pair < pairs; pair++) {
      sums[pair] = s[(1 + 2 * pair) * from] + s[(2 + 2 * pair) * from];
      differences[pair] = s[(1 + 2 * pair) * from] - s[(2 + 2 * pair) * from];
    }
    UNROLL for (int i = 0; i < outputs; i++) {
      const Vector *terms = i % 2 == 0 ? sums : differences;
      Vector sum = scaled(c.powers[0][i], terms[0]);
      UNROLL for (int pair = 1; pair < pairs; pair++) sum = added(sum, c.powers[pair][i], terms[pair]);
      if (i == 0) sum = sum + s[0];
      if (i == outputs - 1) sum = sum + s[(n - 1) * from];
      y[i * to] = sum;
    }
  }

  // G of one column for all of m: 3 values to n values, `to` apart.
  template <int to>
  static INLINE void kernel(const Vector *g, Vector *u) {
    static_assert(outputs == m);
    UNROLL for (int row = 0; row < n; row++) {
      if (row == 0) {
        u[0] = g[0] * float(c.kernel[0][0]);
      } else if (row == n - 1) {
        u[row * to] = g[2];
      } else {
        u[row * to] =
          g[0] * float(c.kernel[row][0]) + g[1] * float(c.kernel[row][1]) + g[2] * float(c.kernel[row][2]);
      }
    }
  }
};
