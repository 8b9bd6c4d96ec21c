import Foundation
import Images
import TestSupport
import Testing

@Suite struct OrientationTests {
  /// Where EXIF 2.3 (tag 0x0112) says the stored picture's four corners belong, in reading order:
  /// stored top left, top right, bottom left, bottom right.
  enum Corner { case topLeft, topRight, bottomLeft, bottomRight }

  static let cornersByOrientation: [(Int, [Corner])] = [
    (1, [.topLeft, .topRight, .bottomLeft, .bottomRight]),
    (2, [.topRight, .topLeft, .bottomRight, .bottomLeft]),
    (3, [.bottomRight, .bottomLeft, .topRight, .topLeft]),
    (4, [.bottomLeft, .bottomRight, .topLeft, .topRight]),
    (5, [.topLeft, .bottomLeft, .topRight, .bottomRight]),
    (6, [.topRight, .bottomRight, .topLeft, .bottomLeft]),
    (7, [.bottomRight, .topRight, .bottomLeft, .topLeft]),
    (8, [.bottomLeft, .topLeft, .bottomRight, .topRight]),
  ]

  @Test(arguments: cornersByOrientation)
  func `every orientation puts the corners where the standard says`(
    _ orientation: Int, _ corners: [Corner]
  ) throws {
    let stored = asymmetric(width: 48, height: 32)
    let plain = try stored.jpegData(quality: 95)
    let decoded = try Image(data: plain)
    let data = withExif(plain, tiff(orientation: orientation))
    let upright = try Image(data: data)
    let swaps = orientation >= 5
    #expect((upright.width, upright.height) == (swaps ? (32, 48) : (48, 32)))

    let storedCorners = [decoded[0, 0], decoded[47, 0], decoded[0, 31], decoded[47, 31]]
    for (corner, color) in zip(corners, storedCorners) {
      let x = corner == .topLeft || corner == .bottomLeft ? 0 : upright.width - 1
      let y = corner == .topLeft || corner == .topRight ? 0 : upright.height - 1
      #expect(upright[x, y] == color)
    }
    // No sample is lost or invented.
    #expect(histogram(upright) == histogram(decoded))
  }

  @Test(arguments: 1...8)
  func `size, reduction and regions are those of the upright picture`(_ orientation: Int) throws {
    let data = withExif(
      try asymmetric(width: 90, height: 61).jpegData(), tiff(orientation: orientation))
    let encoded = try EncodedImage(data: data)
    let whole = try Image(encoded)
    #expect((encoded.width, encoded.height) == (whole.width, whole.height))
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "turned.jpg")
      try data.write(to: url)
      #expect(try Image.size(ofFile: url) == (whole.width, whole.height))
    }
    let region = PixelRegion(left: 3, top: 20, width: 40, height: 11)
    let part = try Image(encoded, region: region)
    for (x, y) in [(0, 0), (39, 0), (0, 10), (39, 10), (17, 5)] {
      #expect(part[x, y] == whole[3 + x, 20 + y])
    }
    let half = try Image(encoded, minimumSize: (30, 30))
    #expect((half.width, half.height) == ((whole.width + 1) / 2, (whole.height + 1) / 2))
  }

  @Test func `big-endian EXIF says the same as little-endian`() throws {
    let plain = try asymmetric(width: 20, height: 10).jpegData()
    let little = withExif(plain, tiff(orientation: 6))
    let big = withExif(plain, tiff(orientation: 6, bigEndian: true))
    #expect(little != big)
    #expect(try Image(data: little) == Image(data: big))
    #expect(try Image(data: little) != Image(data: plain))
  }

  @Test(arguments: [0, 9, 255, 65535])
  func `an orientation that does not exist leaves the picture as it is`(_ value: Int) throws {
    let plain = try asymmetric(width: 20, height: 10).jpegData()
    #expect(try Image(data: withExif(plain, tiff(orientation: value))) == Image(data: plain))
  }

  @Test func `EXIF that lies about its size leaves the picture as it is`() throws {
    let plain = try asymmetric(width: 20, height: 10).jpegData()
    let expected = try Image(data: plain)
    let honest = tiff(orientation: 6)
    var lies: [[UInt8]] = [[], [0x49], Array("II*\0".utf8), Array(repeating: 0xFF, count: 40)]
    // Every prefix; a directory beyond the end; 65,535 entries; a directory inside the header.
    lies += (0..<18).map { Array(honest.prefix($0)) }
    lies.append(honest.replacing(4, with: [0xFF, 0xFF, 0xFF, 0xFF]))
    lies.append(honest.replacing(4, with: [0xFF, 0xFF, 0xFF, 0x7F]))
    lies.append(honest.replacing(8, with: [0xFF, 0xFF]).replacing(10, with: [0, 1]))
    lies.append(honest.replacing(4, with: [0, 0, 0, 0]))
    lies.append(honest.replacing(12, with: [2, 0]))
    for lie in lies {
      #expect(try Image(data: withExif(plain, lie)) == expected)
    }
  }

  /// TIFF with one directory of one entry: the orientation.
  private func tiff(orientation: Int, bigEndian: Bool = false) -> [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
      return bigEndian ? little.reversed() : little
    }
    return Array((bigEndian ? "MM" : "II").utf8) + bytes(42, 2) + bytes(8, 4) + bytes(1, 2)
      + bytes(0x0112, 2) + bytes(3, 2) + bytes(1, 4) + bytes(orientation, 2) + [0, 0]
      + bytes(0, 4)
  }

  /// The JPEG with an APP1 segment after its first marker.
  private func withExif(_ jpeg: Data, _ tiff: [UInt8]) -> Data {
    let body = Array("Exif\0\0".utf8) + tiff
    let length = body.count + 2
    return jpeg.prefix(2) + Data([0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + body)
      + jpeg.dropFirst(2)
  }

  private func histogram(_ image: Image) -> [UInt32: Int] {
    stride(from: 0, to: image.pixels.count, by: 3).reduce(into: [:]) { counts, start in
      let color = image.pixels[start..<start + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      counts[color, default: 0] += 1
    }
  }
}

extension [UInt8] {
  /// The bytes with some of them overwritten.
  func replacing(_ start: Int, with bytes: [UInt8]) -> [UInt8] {
    var result = self
    result.replaceSubrange(start..<start + bytes.count, with: bytes)
    return result
  }
}
