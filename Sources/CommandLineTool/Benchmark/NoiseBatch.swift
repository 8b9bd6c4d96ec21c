import Datasets
import MultiBox

extension Batch {
  /// Noise and one to four objects an image: a pure function of position, the same in every language
  /// (`Benchmarks/training/peer.py` has it as well).
  static func noise(count: Int, size: Int, classes: Int) -> Batch {
    let pixels = (0..<count * size * size * 3).map { UInt8(mixed($0, stream: 1) >> 24) }
    let objects = (0..<count).map { image in
      (0..<1 + image % 4).map { object -> GroundTruthObject in
        let unit = (0..<5).map {
          Double(mixed(5 * object + $0, stream: UInt32(2 + image))) * 0x1p-32
        }
        let (width, height) = (0.1 + 0.6 * unit[2], 0.1 + 0.6 * unit[3])
        let (left, top) = (unit[0] * (1 - width), unit[1] * (1 - height))
        return GroundTruthObject(
          box: BoundingBox(
            xMin: Float(left), yMin: Float(top), xMax: Float(left + width),
            yMax: Float(top + height)),
          classIndex: 1 + Int(unit[4] * Double(classes)))
      }
    }
    return Batch(
      pixels: pixels, size: size, objects: objects, names: (0..<count).map { "noise \($0)" },
      indices: Array(0..<count), sourceSizes: Array(repeating: (size, size), count: count))
  }

  /// The finaliser of murmur3 (Appleby, 2011) over a position.
  private static func mixed(_ position: Int, stream: UInt32) -> UInt32 {
    var i = UInt32(truncatingIfNeeded: position) &+ 0x9E37_79B9 &* stream
    i ^= i >> 16
    i = i &* 0x85EB_CA6B
    i ^= i >> 13
    i = i &* 0xC2B2_AE35
    return i ^ i >> 16
  }
}
