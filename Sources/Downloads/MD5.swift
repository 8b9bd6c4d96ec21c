import Foundation

/// The compression function of RFC 1321.
enum MD5 {
  static let start: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]

  /// The integer part of 2^32 |sin(i)|, as the RFC defines its table.
  private static let sines: [UInt32] = (1...64).map { UInt32(4_294_967_296 * abs(sin(Double($0)))) }
  private static let rotations: [[UInt32]] = [
    [7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21],
  ]
  private static let shifts: [UInt32] = (0..<64).map { rotations[$0 / 16][$0 % 4] }

  static func compress(_ blocks: UnsafeRawBufferPointer, into state: inout [UInt32]) {
    sines.withUnsafeBufferPointer { sines in
      shifts.withUnsafeBufferPointer { shifts in
        for start in stride(from: 0, to: blocks.count, by: 64) {
          var (a, b, c, d) = (state[0], state[1], state[2], state[3])
          for step in 0..<64 {
            let (mixed, word): (UInt32, Int) =
              switch step >> 4 {
              case 0: (b & c | ~b & d, step)
              case 1: (d & b | ~d & c, (5 &* step &+ 1) & 15)
              case 2: (b ^ c ^ d, (3 &* step &+ 5) & 15)
              default: (c ^ (b | ~d), (7 &* step) & 15)
              }
            let input = UInt32(
              littleEndian: blocks.loadUnaligned(
                fromByteOffset: start &+ 4 &* word, as: UInt32.self))
            let sum = a &+ mixed &+ sines[step] &+ input
            (a, d, c, b) = (d, c, b, b &+ sum.rotatedLeft(shifts[step]))
          }
          state[0] &+= a
          state[1] &+= b
          state[2] &+= c
          state[3] &+= d
        }
      }
    }
  }
}
