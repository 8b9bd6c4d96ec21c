/// e to the power of each lane, to about one unit in the last place, for exponents up to 0; what is
/// below -87 gives 0 or almost.
///
/// The C library's function takes one number at a time, and an image has 183,372 scores.
@inline(__always)
func exponential(_ exponents: SIMD8<Float>) -> SIMD8<Float> {
  let lowest = SIMD8<Float>(repeating: -87)
  let exponents = exponents.replacing(with: lowest, where: exponents .< lowest)
  // e^x = 2^n e^r with whole n and |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to a whole number and
  // leaves it in the low bits.
  let rounder = SIMD8<Float>(repeating: 12_582_912)
  let rounded = exponents * 1.442_695_04 + rounder
  let whole = rounded - rounder
  // The logarithm of 2 in two parts, the first with so few digits that its multiples are exact.
  let rest = exponents - whole * 0.693_359_375 + whole * 2.121_944_4e-4
  // Taylor's series: the first term left out is below 6e-9.
  var power = rest * (1.0 / 5040) + 1.0 / 720
  power = power * rest + 1.0 / 120
  power = power * rest + 1.0 / 24
  power = power * rest + 1.0 / 6
  power = power * rest + 0.5
  power = power * rest + 1
  power = power * rest + 1
  let bits = unsafeBitCast(rounded, to: SIMD8<UInt32>.self)
  let scale = (bits &+ 127) &<< SIMD8<UInt32>(repeating: 23)
  return power * unsafeBitCast(scale, to: SIMD8<Float>.self)
}
