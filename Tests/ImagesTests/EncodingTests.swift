import Foundation
import Images
import TestSupport
import Testing

@Suite struct EncodingTests {
  let image = asymmetric(width: 61, height: 43)

  @Test func `a PNG round trip keeps every sample`() throws {
    #expect(try Image(data: image.pngData()) == image)
  }

  @Test func `JPEG and WebP round trips keep the picture`() throws {
    for data in [try image.jpegData(quality: 95), try image.webpData(quality: 95)] {
      let back = try Image(data: data)
      let errors = zip(back.pixels, image.pixels).map { abs(Double($0) - Double($1)) }
      #expect(errors.reduce(0, +) / Double(errors.count) < 4)
    }
  }

  @Test func `quality costs bytes`() throws {
    #expect(try image.jpegData(quality: 30).count < image.jpegData(quality: 95).count)
    #expect(try image.webpData(quality: 10).count < image.webpData(quality: 95).count)
  }

  @Test func `the extension chooses the format of a file`() throws {
    try withTemporaryFolder { folder in
      for (name, format) in [
        ("a.JPG", ImageFormat.jpeg), ("a.jpeg", .jpeg), ("a.png", .png), ("a.webp", .webp),
      ] {
        let url = folder.appending(path: name)
        try image.write(to: url)
        let encoded = try EncodedImage(contentsOf: url)
        #expect(encoded.format == format)
        #expect((encoded.width, encoded.height) == (61, 43))
      }
    }
  }

  @Test func `an extension without a format names those that have one`() throws {
    let url = URL(filePath: "/tmp/picture.gif")
    let error = #expect(throws: ImageError.self) { try image.write(to: url) }
    #expect(error?.description.contains("picture.gif") == true)
    #expect(error?.description.contains(".png") == true)
  }

  @Test func `a folder that does not exist is named`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "none/picture.png")
      let error = #expect(throws: ImageError.self) { try image.write(to: url) }
      #expect(error?.file == url.path)
    }
  }

  @Test func `a picture too wide for a format is an error`() throws {
    let wide = Image(width: 70_000, height: 1)
    #expect(throws: ImageError.self) { try wide.jpegData() }
    #expect(throws: ImageError.self) { try wide.webpData() }
    #expect(try Image(data: wide.pngData()) == wide)
  }
}
