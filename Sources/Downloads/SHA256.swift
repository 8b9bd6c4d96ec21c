import Foundation

/// The compression function of FIPS 180-4.
enum SHA256 {
  /// The first 64 primes, whose roots the standard takes its constants from.
  private static let primes: [Double] = {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map(Double.init)
  }()

  static let start: [UInt32] = primes.prefix(8).map { fraction($0.squareRoot()) }
  private static let constants: [UInt32] = primes.map { fraction(cbrt($0)) }

  static func compress(_ blocks: UnsafeRawBufferPointer, into state: inout [UInt32]) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      constants.withUnsafeBufferPointer { constants in
        for start in stride(from: 0, to: blocks.count, by: 64) {
          expand(blocks, start, into: words)
          round(words, constants, &state)
        }
      }
    }
  }

  @inline(__always)
  private static func expand(
    _ blocks: UnsafeRawBufferPointer, _ start: Int, into words: UnsafeMutableBufferPointer<UInt32>
  ) {
    for index in 0..<16 {
      words[index] = UInt32(
        bigEndian: blocks.loadUnaligned(fromByteOffset: start &+ 4 &* index, as: UInt32.self))
    }
    for index in 16..<64 {
      let (early, late) = (words[index - 15], words[index - 2])
      let first = early.rotatedLeft(25) ^ early.rotatedLeft(14) ^ early >> 3
      let second = late.rotatedLeft(15) ^ late.rotatedLeft(13) ^ late >> 10
      words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
    }
  }

  @inline(__always)
  private static func round(
    _ words: UnsafeMutableBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>,
    _ state: inout [UInt32]
  ) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let upper = e.rotatedLeft(26) ^ e.rotatedLeft(21) ^ e.rotatedLeft(7)
      let first = h &+ upper &+ (e & f ^ ~e & g) &+ constants[index] &+ words[index]
      let lower = a.rotatedLeft(30) ^ a.rotatedLeft(19) ^ a.rotatedLeft(10)
      let second = lower &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
  }
}
