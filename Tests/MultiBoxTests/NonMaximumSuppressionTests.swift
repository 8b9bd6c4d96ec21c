import MultiBox
import Testing

@Suite struct NonMaximumSuppressionTests {
  @Test func `kept boxes overlap by no more than the threshold, dropped ones overlap a better one`()
    throws
  {
    let golden = try GoldenArrays("geometry")
    let boxes = try golden.boundaryBoxes("boxes_a") + golden.boundaryBoxes("boxes_b")
    let scores = boxes.indices.map { Float($0 * 37 % boxes.count) }
    for threshold: Float in [0.1, 0.3, 0.5, 0.8] {
      let kept = nms(boxes, scores: scores, iouThreshold: threshold)
      #expect(kept.map { scores[$0] } == kept.map { scores[$0] }.sorted(by: >))
      #expect(scores[kept[0]] == scores.max())
      for (position, index) in kept.enumerated() {
        #expect(!kept[..<position].contains { boxes[$0].iou(with: boxes[index]) > threshold })
      }
      for index in boxes.indices where !kept.contains(index) {
        #expect(
          kept.contains {
            scores[$0] > scores[index] && boxes[$0].iou(with: boxes[index]) > threshold
          })
      }
    }
  }

  @Test func `boxes in any order leave the same ones as boxes that are sorted`() throws {
    let boxes = try GoldenArrays("geometry").boundaryBoxes("boxes_a")
    let scores = boxes.indices.map { Float($0 * 37 % boxes.count) }
    let order = boxes.indices.sorted { scores[$0] > scores[$1] }
    let sorted = nms(order.map { boxes[$0] }, scores: order.map { scores[$0] }, iouThreshold: 0.4)
    #expect(nms(boxes, scores: scores, iouThreshold: 0.4) == sorted.map { order[$0] })
    var suppression = NonMaximumSuppression(iouThreshold: 0.4)
    #expect(order.filter { suppression.keeps(boxes[$0]) } == sorted.map { order[$0] })
    #expect(suppression.keptCount == sorted.count && sorted.count < boxes.count)
  }

  @Test func `a dropped box does not suppress others`() {
    func box(_ x: Float) -> BoundingBox { BoundingBox(xMin: x, yMin: 0, xMax: x + 0.4, yMax: 1) }
    let chain = [box(0), box(0.1), box(0.2)]
    #expect(nms(chain, scores: [0.9, 0.8, 0.7], iouThreshold: 0.5) == [0, 2])
    #expect(nms(chain, scores: [0.8, 0.9, 0.7], iouThreshold: 0.5) == [1])
  }

  @Test func `it stops at the limit`() {
    let boxes = (0..<30).map { index in
      BoundingBox(xMin: Float(index), yMin: 0, xMax: Float(index) + 1, yMax: 1)
    }
    let scores = boxes.indices.map { -Float($0) }
    #expect(nms(boxes, scores: scores, iouThreshold: 0.5).count == 30)
    #expect(nms(boxes, scores: scores, iouThreshold: 0.5, limit: 9) == Array(0..<9))
    #expect(nms(boxes, scores: scores, iouThreshold: 0.5, limit: 0).isEmpty)
    #expect(nms([], scores: [], iouThreshold: 0.5).isEmpty)
  }

  @Test func `an IoU of exactly the threshold is allowed`() {
    let whole = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
    let half = BoundingBox(xMin: 0, yMin: 0, xMax: 0.5, yMax: 1)
    #expect(nms([whole, half], scores: [2, 1], iouThreshold: 0.5) == [0, 1])
    #expect(nms([whole, half], scores: [2, 1], iouThreshold: 0.49) == [0])
  }

  @Test func `of equal scores the earlier box stays, and a score that is no number drops its box`()
  {
    let box = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
    #expect(nms([box, box, box], scores: [.nan, 0.5, 0.5], iouThreshold: 0.5) == [1])
    #expect(nms([box], scores: [.nan], iouThreshold: 0.5).isEmpty)
    #expect(nms([box, box], scores: [-.infinity, .infinity], iouThreshold: 0.5) == [1])
  }
}
