import Images
import Testing

@Suite struct ResizingTests {
  @Test func `sizes change as Pillow 11.3's BILINEAR changes them, bit by bit`() throws {
    let golden = try Fixtures.resized()
    let source = try golden.source.image
    for result in golden.results {
      let expected = try result.image
      let resized = source.resized(width: expected.width, height: expected.height)
      #expect(
        largestDifference(resized, expected) == 0, "\(expected.width) x \(expected.height)")
    }
  }

  @Test(arguments: [(1, 1), (7, 13), (50, 40), (64, 3), (301, 299)])
  func `a picture of one colour keeps it`(_ width: Int, _ height: Int) {
    let image = Image(width: 50, height: 40, fill: (255, 0, 137))
    #expect(
      image.resized(width: width, height: height)
        == Image(width: width, height: height, fill: (255, 0, 137)))
  }

  @Test func `the same size is the same picture`() {
    let image = asymmetric(width: 9, height: 8)
    #expect(image.resized(width: 9, height: 8) == image)
  }

  @Test func `a linear ramp stays linear away from the edges`() {
    var ramp = Image(width: 200, height: 2)
    for y in 0..<2 {
      for x in 0..<200 { ramp[x, y] = (UInt8(x), UInt8(x), UInt8(x)) }
    }
    for width in [50, 90, 400] {
      let resized = ramp.resized(width: width, height: 2)
      let scale = 200 / Double(width)
      let margin = Int(2 / min(scale, 1))
      for x in margin..<width - margin {
        // The pixel centre at x + 0.5 lies at (x + 0.5) * scale of the source.
        let expected = (Double(x) + 0.5) * scale - 0.5
        #expect(abs(Double(resized[x, 0].red) - expected) <= 0.5 + 1e-3)
      }
    }
  }

  @Test func `shrinking keeps the mean`() {
    let image = asymmetric(width: 320, height: 240)
    let small = image.resized(width: 40, height: 30)
    func mean(_ image: Image) -> Double {
      image.pixels.reduce(0) { $0 + Double($1) } / Double(image.pixels.count)
    }
    #expect(abs(mean(image) - mean(small)) < 0.5)
  }

  @Test func `shrinking a fine pattern gives its mean, not an alias`() {
    var stripes = Image(width: 256, height: 16)
    for y in 0..<16 {
      for x in 0..<256 where x % 2 == 0 { stripes[x, y] = (0, 0, 0) }
    }
    let small = stripes.resized(width: 64, height: 16)
    // At the edges, half of the triangle has nothing to weigh.
    #expect((1..<63).allSatisfy { (126...129).contains(small[$0, 8].red) })
  }
}
