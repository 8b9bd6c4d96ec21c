import Images
import Testing

@Suite struct ImageTests {
  @Test func `a PNG round trip keeps every sample`() throws {
    let pixels = (0..<7 * 5 * 3).map { UInt8(truncatingIfNeeded: $0 &* 97) }
    let image = Image(width: 7, height: 5, pixels: pixels)
    #expect(try Image(data: image.pngData()) == image)
  }
}
