/// The weights of a triangle over one side of a picture, in fixed point.
struct ResizingFilter {
  /// Fraction bits: a sum of weights times a sample, 255 * 2^22, stays below 2^31.
  private static let fractionBits: Int32 = 22

  /// What makes cutting off the fraction round to the nearest.
  static let half: Int32 = 1 << (fractionBits - 1)

  /// The source pixels one target pixel is the weighted mean of.
  struct Tap {
    var first: Int
    var weights: Range<Int>
  }

  private(set) var taps: [Tap] = []
  private(set) var weights: [Int32] = []

  init(from source: Int, to target: Int) {
    let scale = Double(source) / Double(target)
    let radius = max(scale, 1)
    taps.reserveCapacity(target)
    weights.reserveCapacity(target * (Int(2 * radius) + 2))
    var heights: [Double] = []
    for index in 0..<target {
      let center = (Double(index) + 0.5) * scale
      let first = max(0, Int(center - radius + 0.5))
      let end = min(source, Int(center + radius + 0.5))
      heights.removeAll(keepingCapacity: true)
      for pixel in first..<end {
        heights.append(max(0, 1 - abs(Double(pixel) + 0.5 - center) * (1 / radius)))
      }
      let sum = heights.reduce(0, +)
      let start = weights.count
      for height in heights {
        weights.append(Int32(height / sum * Double(1 << Self.fractionBits) + 0.5))
      }
      taps.append(Tap(first: first, weights: start..<weights.count))
    }
  }

  /// The sample that a weighted sum, begun with ``half``, stands for.
  @inline(__always)
  static func sample(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> fractionBits)
  }

  /// The same of three channels; the fourth lane means nothing.
  @inline(__always)
  static func samples(_ sums: SIMD4<Int32>) -> SIMD4<UInt8> {
    SIMD4(
      truncatingIfNeeded: (sums &>> SIMD4(repeating: fractionBits))
        .clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
  }
}
