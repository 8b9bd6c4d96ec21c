import MultiBox
import Testing

@Suite struct BoundingBoxTests {
  @Test func `IoUs of 64 with 48 boxes equal the reference's`() throws {
    let golden = try GoldenArrays("geometry")
    let first = try golden.boundaryBoxes("boxes_a")
    let second = try golden.boundaryBoxes("boxes_b")
    let expected = try golden.floats("iou_a_b")
    try #require(expected.count == first.count * second.count)
    let measured = first.flatMap { box in second.map { box.iou(with: $0) } }
    #expect(zip(measured, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(measured.contains { $0 > 0.5 })
  }

  @Test func `an IoU is symmetric, 1 with itself and 0 with what only touches`() {
    let box = BoundingBox(xMin: 0.125, yMin: 0.25, xMax: 0.5, yMax: 0.75)
    let other = BoundingBox(xMin: 0.25, yMin: 0.5, xMax: 1, yMax: 1)
    #expect(box.iou(with: other) == other.iou(with: box))
    #expect(box.iou(with: box) == 1)
    #expect(box.iou(with: BoundingBox(xMin: 0.5, yMin: 0.25, xMax: 1, yMax: 0.75)) == 0)
  }

  @Test func `a box without area overlaps nothing, not even itself`() {
    let whole = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
    let degenerate = [
      BoundingBox(xMin: 0.5, yMin: 0.5, xMax: 0.5, yMax: 0.5),
      BoundingBox(xMin: 0.25, yMin: 0.5, xMax: 0.75, yMax: 0.5),
      BoundingBox(xMin: 0.75, yMin: 0.75, xMax: 0.25, yMax: 0.25),
    ]
    for box in degenerate {
      #expect(box.isDegenerate)
      #expect(box.area == 0)
      #expect(box.iou(with: box) == 0)
      #expect(box.iou(with: whole) == 0)
      #expect(whole.iou(with: box) == 0)
    }
    #expect(BoundingBox(xMin: .nan, yMin: 0, xMax: 1, yMax: 1).isDegenerate)
    #expect(!whole.isDegenerate)
  }

  @Test func `clipping keeps what lies inside the image`() {
    let box = BoundingBox(xMin: -0.5, yMin: 0.25, xMax: 1.5, yMax: 2)
    #expect(box.clipped == BoundingBox(xMin: 0, yMin: 0.25, xMax: 1, yMax: 1))
    #expect(
      BoundingBox(xMin: 1.5, yMin: 0, xMax: 2, yMax: 1).clipped.isDegenerate)
  }

  @Test func `boundary and center-size form describe the same box`() {
    let box = BoundingBox(xMin: 0.125, yMin: 0.25, xMax: 0.5, yMax: 0.75)
    let centered = CenterSizeBox(box)
    #expect(centered == CenterSizeBox(centerX: 0.3125, centerY: 0.5, width: 0.375, height: 0.5))
    #expect(BoundingBox(centered) == box)
  }

  @Test func `scaling turns fractions into pixels`() {
    let box = BoundingBox(xMin: 0.25, yMin: 0.5, xMax: 0.5, yMax: 1)
    #expect(
      box.scaled(x: 400, y: 300) == BoundingBox(xMin: 100, yMin: 150, xMax: 200, yMax: 300))
    #expect(box.pixels(width: 400, height: 300) == box.scaled(x: 400, y: 300))
  }
}
