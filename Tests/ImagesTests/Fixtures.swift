import Foundation
import Images
import Testing

/// Small pictures in every format, and what Pillow 13.0 (and arithmetic, where Pillow rounds CMYK
/// and 16 bits in ways of its own) decodes them to.
enum Fixtures {
  struct Pixels: Decodable {
    var width: Int
    var height: Int
    /// The samples, two hexadecimal digits each.
    var pixels: String

    var image: Image {
      get throws {
        let digits = Array(pixels.utf8)
        let samples = try stride(from: 0, to: digits.count, by: 2).map { start in
          try #require(UInt8(String(decoding: digits[start...start + 1], as: UTF8.self), radix: 16))
        }
        return Image(width: width, height: height, pixels: samples)
      }
    }
  }

  struct Resized: Decodable {
    var source: Pixels
    var results: [Pixels]
  }

  static func url(_ name: String) -> URL {
    Bundle.module.bundleURL.appending(path: "Resources/\(name)")
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: url(name)))
  }

  /// What a fixture holds.
  static func expected(_ name: String) throws -> Image {
    let all = try JSONDecoder().decode(
      [String: Pixels].self, from: Data(contentsOf: url("decoded.json")))
    return try #require(all[name]).image
  }

  static func resized() throws -> Resized {
    try JSONDecoder().decode(Resized.self, from: Data(contentsOf: url("resized.json")))
  }
}

/// A picture without symmetry, smooth enough for JPEG.
func asymmetric(width: Int, height: Int) -> Image {
  var image = Image(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      image[x, y] = (
        UInt8(255 * x / max(1, width - 1)), UInt8(255 * y / max(1, height - 1)),
        UInt8(x + y < (width + height) / 3 ? 200 : 40)
      )
    }
  }
  return image
}

/// The largest difference between two samples of pictures of one size.
func largestDifference(_ a: Image, _ b: Image) -> Int {
  guard a.width == b.width, a.height == b.height else { return .max }
  return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
