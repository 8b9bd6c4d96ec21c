/// A run of pixels whose channels lie apart, 0...255, as long as a whole number of vectors.
struct PixelRow {
  typealias Vector = SIMD8<Float>

  let red: UnsafeMutablePointer<Vector>
  let green: UnsafeMutablePointer<Vector>
  let blue: UnsafeMutablePointer<Vector>
  /// Vectors in each channel.
  let count: Int

  /// Vectors needed for a number of pixels.
  static func vectors(for pixels: Int) -> Int { (pixels + 7) / 8 }
}

extension PhotometricDistortion {
  /// Changes the colours as Pillow's `ImageEnhance` does (brightness, contrast, saturation), and
  /// by a rotation in HSV (hue). Samples stay numbers between 0 and 255; only the final picture is
  /// rounded to bytes.
  ///
  /// - Parameter meanGrey: The mean grey of the whole picture before this change; used by contrast
  ///   alone.
  func apply(to row: PixelRow, meanGrey: Float) {
    switch self {
    case .brightness(let factor):
      for index in 0..<row.count {
        row.red[index] = (row.red[index] * factor).sample
        row.green[index] = (row.green[index] * factor).sample
        row.blue[index] = (row.blue[index] * factor).sample
      }
    case .contrast(let factor):
      let offset = PixelRow.Vector(repeating: (1 - factor) * meanGrey)
      for index in 0..<row.count {
        row.red[index] = (row.red[index] * factor + offset).sample
        row.green[index] = (row.green[index] * factor + offset).sample
        row.blue[index] = (row.blue[index] * factor + offset).sample
      }
    case .saturation(let factor):
      for index in 0..<row.count {
        let grey =
          grey(row.red[index], row.green[index], row.blue[index]) * (1 - factor)
        row.red[index] = (row.red[index] * factor + grey).sample
        row.green[index] = (row.green[index] * factor + grey).sample
        row.blue[index] = (row.blue[index] * factor + grey).sample
      }
    case .hue(let turns):
      for index in 0..<row.count {
        rotateHue(&row.red[index], &row.green[index], &row.blue[index], by: 6 * turns)
      }
    }
  }
}

/// Luma of ITU-R 601, as Pillow's conversion to grey has it.
@inline(__always)
func grey(
  _ red: PixelRow.Vector, _ green: PixelRow.Vector, _ blue: PixelRow.Vector
) -> PixelRow.Vector {
  red * 0.299 + green * 0.587 + blue * 0.114
}

/// Rotates the hue by sixths of a turn; the largest and the smallest channel keep their values.
@inline(__always)
private func rotateHue(
  _ red: inout PixelRow.Vector, _ green: inout PixelRow.Vector, _ blue: inout PixelRow.Vector,
  by sixths: Float
) {
  typealias Vector = PixelRow.Vector
  let value = larger(larger(red, green), blue)
  let chroma = value - smaller(smaller(red, green), blue)
  let inverse = 1 / chroma.replacing(with: 1, where: chroma .== 0)
  // The hue in sixths of a turn: red 0, green 2, blue 4.
  var hue = (red - green) * inverse + 4
  hue.replace(with: (blue - red) * inverse + 2, where: value .== green)
  hue.replace(with: (green - blue) * inverse, where: value .== red)
  hue += sixths

  // A channel at distance d around the circle from its own hue has the value
  // value - chroma * clamp(min(k, 4 - k), 0, 1) with k = hue + n mod 6 (Smith's formula).
  @inline(__always)
  func channel(_ offset: Float) -> Vector {
    var k = hue + offset
    k.replace(with: k + 6, where: k .< 0)
    k.replace(with: k - 6, where: k .>= 6)
    let fall = larger(smaller(smaller(k, 4 - k), Vector(repeating: 1)), .zero)
    return value - chroma * fall
  }
  red = channel(5)
  green = channel(3)
  blue = channel(1)
}

// The standard library's `pointwiseMin` and `pointwiseMax` go through the lanes one by one.

@inline(__always)
private func smaller(_ a: PixelRow.Vector, _ b: PixelRow.Vector) -> PixelRow.Vector {
  a.replacing(with: b, where: b .< a)
}

@inline(__always)
private func larger(_ a: PixelRow.Vector, _ b: PixelRow.Vector) -> PixelRow.Vector {
  a.replacing(with: b, where: b .> a)
}

extension SIMD8<Float> {
  /// The nearest numbers that a byte's range holds.
  @inline(__always)
  fileprivate var sample: Self {
    smaller(larger(self, .zero), Self(repeating: 255))
  }
}
