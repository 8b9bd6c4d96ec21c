import Evaluation
import TensorBoard
import Testing

@Suite("Precision-recall curves for TensorBoard")
struct PrecisionRecallSummaryTests {
  private let curve = PrecisionRecallCurve(
    scores: [0.9, 0.6, 0.5, 0.2], isHit: [true, false, true, true], objectCount: 4)

  /// Worked by hand at the scores 0, 0.25, 0.5, 0.75 and 1.
  @Test("count what scores at least as much as each threshold")
  func counts() {
    let points = EventValue.thresholds(of: curve, count: 5)
    #expect(points.map(\.hits) == [3, 2, 2, 1, 0])
    #expect(points.map(\.falseDetections) == [1, 1, 1, 0, 0])
    #expect(points.map(\.misses) == [1, 2, 2, 3, 4])
    #expect(points.map(\.recall) == [0.75, 0.5, 0.5, 0.25, 0])
    #expect(points.map(\.precision) == [0.75, 2.0 / 3, 2.0 / 3, 1, 1])
  }

  @Test("of nothing found have no hits")
  func empty() {
    let curve = PrecisionRecallCurve(scores: [], isHit: [], objectCount: 2)
    let points = EventValue.thresholds(of: curve, count: 2)
    #expect(points.map(\.hits) == [0, 0])
    #expect(points.map(\.misses) == [2, 2])
  }
}
