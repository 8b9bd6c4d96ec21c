import Images
import Testing

@Suite struct ImageTests {
  @Test func `samples lie interleaved, row after row`() {
    var image = Image(width: 3, height: 2, fill: (1, 2, 3))
    image[2, 1] = (7, 8, 9)
    #expect(image.pixels == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 7, 8, 9])
    #expect(image[2, 1] == (7, 8, 9))
    #expect(image[0, 1] == (1, 2, 3))
  }

  @Test func `every format is found under its extensions, in any case`() {
    #expect(ImageFormat(fileExtension: "JPG") == .jpeg)
    #expect(ImageFormat(fileExtension: "jpeg") == .jpeg)
    #expect(ImageFormat(fileExtension: "png") == .png)
    #expect(ImageFormat(fileExtension: "WebP") == .webp)
    #expect(ImageFormat(fileExtension: "gif") == nil)
    #expect(Image.fileExtensions.allSatisfy { ImageFormat(fileExtension: $0) != nil })
  }
}
