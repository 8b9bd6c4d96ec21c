import MultiBox
import Testing

@Suite("Offsets")
struct OffsetsTests {
  @Test("encoding equals the reference's")
  func goldenEncoding() throws {
    let golden = try GoldenArrays("geometry")
    let encoded = try zip(
      golden.boundaryBoxes("boxes_a"), golden.centerSizeBoxes("encode_priors_center_size")
    ).map { Offsets(of: CenterSizeBox($0), from: $1) }
    let expected = try golden.offsets("encoded_a")
    #expect(greatestDifference(encoded, expected) < 1e-6)
  }

  @Test("decoding equals the reference's")
  func goldenDecoding() throws {
    let golden = try GoldenArrays("geometry")
    let decoded = try zip(
      golden.offsets("encoded_a"), golden.centerSizeBoxes("encode_priors_center_size")
    ).map { $0.box(from: $1) }
    let expected = try golden.centerSizeBoxes("decoded_center_size")
    #expect(greatestDifference(decoded, expected) < 1e-6)
  }

  @Test("a box encoded from any prior decodes to itself", arguments: [(0.1, 0.2), (1, 1)])
  func roundTrip(variances: (center: Float, size: Float)) {
    let variances = Variances(center: variances.center, size: variances.size)
    let box = CenterSizeBox(centerX: 0.4, centerY: 0.6, width: 0.3, height: 0.5)
    let priors = PriorBoxes(.ssd300(classes: .voc)).centerSize
    let decoded = priors.map {
      Offsets(of: box, from: $0, variances: variances).box(from: $0, variances: variances)
    }
    #expect(
      greatestDifference(decoded, Array(repeating: box, count: priors.count)) < 1e-5)
  }

  @Test("the prior itself has no offset")
  func prior() {
    let prior = CenterSizeBox(centerX: 0.4, centerY: 0.6, width: 0.3, height: 0.5)
    #expect(
      Offsets(of: prior, from: prior) == Offsets(centerX: 0, centerY: 0, width: 0, height: 0))
  }
}
