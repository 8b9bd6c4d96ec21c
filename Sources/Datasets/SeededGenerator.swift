/// A generator whose stream is the same on every machine and with every version of Swift.
///
/// xoshiro256** by Blackman and Vigna (2018), its state filled by SplitMix64 as they advise. The
/// drawing functions are its own, since those of the standard library may change their algorithm.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - stream: Numbers that name one stream of many, such as epoch and sample: neighbouring
  ///     numbers give unrelated streams.
  public init(seed: UInt64, stream: UInt64...) {
    var key = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
    for number in stream {
      key = Self.mixed(key ^ Self.mixed(number &+ 0xD1B5_4A32_D192_ED03))
    }
    func word(_ index: UInt64) -> UInt64 { Self.mixed(key &+ index &* 0x9E37_79B9_7F4A_7C15) }
    (s0, s1, s2, s3) = (word(1), word(2), word(3), word(4))
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next 64 bits of the stream.
  public mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 {
      (value << bits) | (value >> (64 - bits))
    }
    let result = rotated(s1 &* 5, by: 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = rotated(s3, by: 45)
    return result
  }

  /// A number in 0..<1, one of 2^53.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number between two bounds.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// A whole number, every one of the range equally likely (Lemire's method with rejection).
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    let count = UInt64(bitPattern: Int64(range.upperBound - range.lowerBound)) &+ 1
    guard count != 0 else { return Int(truncatingIfNeeded: next()) }
    var product = next().multipliedFullWidth(by: count)
    if product.low < count {
      let threshold = (0 &- count) % count
      while product.low < threshold { product = next().multipliedFullWidth(by: count) }
    }
    return range.lowerBound + Int(product.high)
  }

  /// Whether an event of this probability happens.
  public mutating func happens(withProbability probability: Double) -> Bool {
    unit() < probability
  }

  /// The elements in random order (Fisher and Yates).
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, integer(in: 0...last))
    }
    return result
  }

  /// One of the elements.
  /// - Precondition: There is one.
  public mutating func element<Element>(of elements: [Element]) -> Element {
    elements[integer(in: 0...(elements.count - 1))]
  }
}
