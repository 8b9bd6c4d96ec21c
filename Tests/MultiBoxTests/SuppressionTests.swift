import MultiBox
import Testing

@Suite("Suppression")
struct SuppressionTests {
  @Test("boxes that are kept overlap by no more than the limit, those dropped overlap one kept")
  func facts() throws {
    let golden = try GoldenArrays("geometry")
    let boxes = try golden.boundaryBoxes("boxes_a") + golden.boundaryBoxes("boxes_b")
    for limit: Float in [0.1, 0.3, 0.5, 0.8] {
      let kept = suppressed(boxes, maximumOverlap: limit)
      #expect(kept == kept.sorted())
      #expect(kept.first == 0)
      for (position, index) in kept.enumerated() {
        #expect(!kept[..<position].contains { boxes[$0].overlap(boxes[index]) > limit })
      }
      for index in boxes.indices where !kept.contains(index) {
        #expect(kept.contains { $0 < index && boxes[$0].overlap(boxes[index]) > limit })
      }
    }
  }

  @Test("a box dropped does not suppress others")
  func chain() {
    func box(_ x: Float) -> BoundingBox { BoundingBox(xMin: x, yMin: 0, xMax: x + 0.4, yMax: 1) }
    #expect(suppressed([box(0), box(0.1), box(0.2)], maximumOverlap: 0.5) == [0, 2])
  }

  @Test("it stops at the limit")
  func limit() {
    let boxes = (0..<30).map { index in
      BoundingBox(xMin: Float(index), yMin: 0, xMax: Float(index) + 1, yMax: 1)
    }
    #expect(suppressed(boxes, maximumOverlap: 0.5).count == 30)
    #expect(suppressed(boxes, maximumOverlap: 0.5, limit: 9) == Array(0..<9))
    #expect(suppressed(boxes, maximumOverlap: 0.5, limit: 0).isEmpty)
  }

  @Test("an overlap of exactly the limit is allowed")
  func exactly() {
    let whole = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
    let half = BoundingBox(xMin: 0, yMin: 0, xMax: 0.5, yMax: 1)
    #expect(suppressed([whole, half], maximumOverlap: 0.5) == [0, 1])
    #expect(suppressed([whole, half], maximumOverlap: 0.49) == [0])
  }
}
