import Foundation
import Images
import Testing

@Suite struct ScaledDecodingTests {
  private func decoded(_ data: Data, width: Int, height: Int) throws -> Image {
    let encoded = try EncodedImage(data: data)
    let pixels = try [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      count = width * height * 3
      try encoded.decode(
        width: width, height: height, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  @Test(arguments: [
    "grey.jpg", "cmyk.jpg", "ycck.jpg", "turned.jpg", "alpha.png", "rgb16.png", "grey16.png",
    "grey-alpha.png", "turned.png", "turned.webp", "lossy.webp",
  ])
  func `a picture decoded in a size is the decoded picture resized, of whatever kind it is`(
    _ name: String
  ) throws {
    let data = try Data(contentsOf: Fixtures.url(name))
    let expected = try Fixtures.expected(name)
    for (width, height) in [(30, 30), (9, 41)] where width * 4 > expected.width {
      #expect(
        try decoded(data, width: width, height: height)
          == Image(data: data).resized(width: width, height: height))
    }
  }

  @Test func `a JPEG picture less than four times as large loses nothing`() throws {
    let data = try asymmetric(width: 398, height: 650).jpegData()
    #expect(
      try decoded(data, width: 100, height: 100)
        == Image(data: data).resized(width: 100, height: 100))
  }

  @Test func `a large JPEG picture is reduced while it is decoded and still looks the same`() throws
  {
    let data = try asymmetric(width: 1200, height: 900).jpegData()
    let encoded = try EncodedImage(data: data)
    #expect(encoded.decodedSize(minimumSize: (200, 200)) == (300, 225))
    let whole = try Image(data: data).resized(width: 100, height: 100)
    let reduced = try decoded(data, width: 100, height: 100)
    let differences = zip(whole.pixels, reduced.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.reduce(0, +) < differences.count)
  }

  @Test func `a truncated picture is refused in every size`() throws {
    let data = try asymmetric(width: 1200, height: 900).jpegData()
    #expect(throws: ImageError.self) {
      try decoded(data.prefix(data.count / 2), width: 100, height: 100)
    }
  }
}
