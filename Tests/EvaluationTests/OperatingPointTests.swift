import Evaluation
import Testing

@Suite("The operating point")
struct OperatingPointTests {
  private let curve = PrecisionRecallCurve(
    scores: [0.9, 0.8, 0.7, 0.6, 0.6], isHit: [true, true, false, true, false], objectCount: 4)

  /// F1 over the scores, by hand: 2/5, 4/6, 4/7 and, since both 0.6 come together, 6/9.
  @Test("is where precision and recall balance best, at the higher of equal scores")
  func best() throws {
    let point = try #require(OperatingPoint.best(on: curve))
    #expect(point.score == 0.8)
    #expect(point.precision == 1)
    #expect(point.recall == 0.5)
    #expect(abs(point.f1 - 4.0 / 6) < 1e-12)
  }

  @Test("of a given score accepts what scores as much")
  func given() {
    let point = OperatingPoint(score: 0.7, on: curve)
    #expect(point.precision == 2.0 / 3)
    #expect(point.recall == 0.5)
  }

  @Test("that accepts nothing has no precision and finds nothing")
  func nothing() {
    let point = OperatingPoint(score: 0.95, on: curve)
    #expect(point.precision == nil)
    #expect(point.recall == 0)
    #expect(point.f1 == 0)
  }

  @Test("does not exist where nothing is found")
  func hopeless() {
    let curve = PrecisionRecallCurve(scores: [0.5], isHit: [false], objectCount: 1)
    #expect(OperatingPoint.best(on: curve) == nil)
  }
}
