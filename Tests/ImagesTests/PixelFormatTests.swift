import Foundation
import Images
import Testing

@Suite struct PixelFormatTests {
  /// An image of which no two samples near each other are equal.
  private let image = Image(
    width: 5, height: 4, pixels: (0..<60).map { UInt8(truncatingIfNeeded: $0 * 37) })

  /// The image's pixels in a format, with bytes of 99 for alpha and behind every row.
  private func bytes(_ format: PixelFormat, gap: Int) -> [UInt8] {
    (0..<image.height).flatMap { y in
      (0..<image.width).flatMap { x -> [UInt8] in
        let (red, green, blue) = image[x, y]
        return switch format {
        case .rgb: [red, green, blue]
        case .bgr: [blue, green, red]
        case .rgba: [red, green, blue, 99]
        case .bgra: [blue, green, red, 99]
        }
      } + [UInt8](repeating: 99, count: gap)
    }
  }

  @Test(arguments: PixelFormat.allCases, [0, 1, 12])
  func `pixels in every order and with every stride give the same image`(
    format: PixelFormat, gap: Int
  ) {
    let bytes = bytes(format, gap: gap)
    let stride = gap == 0 ? nil : image.width * format.bytesPerPixel + gap
    func read(_ pixels: some ContiguousBytes) -> Image {
      Image(width: 5, height: 4, pixels: pixels, format: format, bytesPerRow: stride)
    }
    #expect(read(bytes) == image)
    #expect(read(Data(bytes)) == image)
    #expect(bytes.withUnsafeBytes { read($0) } == image)
    // Video frames may end with the last pixel.
    #expect(read(bytes.dropLast(gap)) == image)
  }

  @Test func `resized, a frame with a stride equals the image to the bit`() {
    let frame = Image(
      width: 5, height: 4, pixels: bytes(.bgra, gap: 44), format: .bgra, bytesPerRow: 64)
    #expect(frame.resized(width: 30, height: 30) == image.resized(width: 30, height: 30))
  }

  @Test func `a compressed image in an array of bytes equals one in data`() throws {
    let data = try image.pngData()
    let encoded = try EncodedImage(data: Array(data))
    #expect(encoded.data == data)
    #expect(try Image(encoded) == image)
    #expect(try Image(data: Array(data)) == image)
    #expect(throws: ImageError.self) { try EncodedImage(data: [UInt8]()) }
  }
}
