import Foundation
import Images
import TestSupport
import Testing

@Suite struct DecodingTests {
  @Test(arguments: [
    "baseline.jpg", "progressive.jpg", "full-chroma.jpg", "grey.jpg", "cmyk.jpg", "ycck.jpg",
    "turned.jpg", "turned.png", "turned.webp", "lossless.webp", "lossy.webp", "alpha.webp",
    "palette.png", "grey.png", "bilevel.png", "alpha.png", "grey-alpha.png",
    "palette-transparent.png", "rgb16.png", "grey16.png", "interlaced.png",
  ])
  func `a picture is decoded to the samples that others find in it`(_ name: String) throws {
    let expected = try Fixtures.expected(name)
    let image = try Image(contentsOf: Fixtures.url(name))
    #expect((image.width, image.height) == (expected.width, expected.height))
    #expect(largestDifference(image, expected) == 0)
    #expect(try Image(data: Fixtures.bytes(name)) == image)
    let size = try Image.size(ofFile: Fixtures.url(name))
    #expect(size == (expected.width, expected.height))
  }

  @Test func `the content tells the format, whatever the extension says`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "really-a-png.jpg")
      try Data(Fixtures.bytes("grey.png")).write(to: url)
      #expect(try Image(contentsOf: url) == Fixtures.expected("grey.png"))
      #expect(try EncodedImage(contentsOf: url).format == .png)
    }
  }

  @Test func `transparent pixels become white and opaque ones keep their colour`() throws {
    let image = try Image(contentsOf: Fixtures.url("alpha.png"))
    #expect(image[0, 0] == (255, 255, 255))
  }

  @Test func `a JPEG is reduced no further than to the size asked for`() throws {
    let data = try asymmetric(width: 203, height: 101).jpegData()
    let encoded = try EncodedImage(data: data)
    for (minimum, expected) in [
      ((203, 101), (203, 101)), ((102, 51), (102, 51)), ((103, 51), (203, 101)),
      ((102, 52), (203, 101)), ((51, 26), (51, 26)), ((26, 13), (26, 13)), ((1, 1), (26, 13)),
      ((500, 500), (203, 101)),
    ] {
      #expect(encoded.decodedSize(minimumSize: minimum) == expected)
      let image = try Image(data: data, minimumSize: minimum)
      #expect((image.width, image.height) == expected)
    }
  }

  @Test func `a reduced JPEG shows the same picture`() throws {
    let image = asymmetric(width: 256, height: 128)
    let reduced = try Image(data: image.jpegData(quality: 95), minimumSize: (64, 32))
    #expect((reduced.width, reduced.height) == (64, 32))
    let resized = image.resized(width: 64, height: 32)
    let errors = zip(reduced.pixels, resized.pixels).map { abs(Double($0) - Double($1)) }
    #expect(errors.reduce(0, +) / Double(errors.count) < 2)
  }

  @Test(arguments: [
    "baseline.jpg", "progressive.jpg", "full-chroma.jpg", "grey.jpg", "cmyk.jpg", "turned.jpg",
    "turned.png", "alpha.webp",
  ])
  func `a region holds the pixels of the whole picture`(_ name: String) throws {
    let encoded = try EncodedImage(contentsOf: Fixtures.url(name))
    let whole = try Image(encoded)
    for (left, top, width, height) in [
      (0, 0, 5, 4), (7, 3, 20, 21), (whole.width - 3, whole.height - 2, 3, 2), (16, 16, 1, 1),
      (0, 5, whole.width, 9), (4, 0, 9, whole.height),
    ] {
      let region = PixelRegion(left: left, top: top, width: width, height: height)
      #expect(try Image(encoded, region: region) == crop(whole, to: region))
    }
  }

  @Test func `a region far inside a large picture holds its pixels`() throws {
    let encoded = try EncodedImage(data: asymmetric(width: 411, height: 307).jpegData())
    for minimum in [(411, 307), (200, 150), (100, 70)] {
      let whole = try Image(encoded, minimumSize: minimum)
      for (left, top) in [(33, 17), (48, 31), (67, 40)] {
        let region = PixelRegion(left: left, top: top, width: 31, height: 29)
        let part = try Image(encoded, minimumSize: minimum, region: region)
        #expect(part == crop(whole, to: region))
      }
    }
  }

  @Test func `a picture is decoded into the caller's memory`() throws {
    let encoded = try EncodedImage(contentsOf: Fixtures.url("baseline.jpg"))
    var memory = [UInt8](repeating: 7, count: encoded.width * encoded.height * 3 + 1)
    try memory.withUnsafeMutableBufferPointer { buffer in
      try encoded.decode(
        into: UnsafeMutableBufferPointer(rebasing: buffer[..<(buffer.count - 1)]))
    }
    #expect(memory.last == 7)
    #expect(try Array(memory.dropLast()) == Fixtures.expected("baseline.jpg").pixels)
  }

  private func crop(_ image: Image, to region: PixelRegion) -> Image {
    var result = Image(width: region.width, height: region.height)
    for y in 0..<region.height {
      for x in 0..<region.width { result[x, y] = image[region.left + x, region.top + y] }
    }
    return result
  }
}
