/// A score from which detections are accepted, and what follows.
public struct OperatingPoint: Sendable, Hashable {
  /// Detections from this score on are accepted.
  public let score: Float
  /// The share of accepted detections that is right; nil when none is accepted.
  public let precision: Double?
  /// The share of objects found; nil when there are none.
  public let recall: Double?

  /// The harmonic mean of precision and recall.
  public var f1: Double {
    guard let precision, let recall, precision + recall > 0 else { return 0 }
    return 2 * precision * recall / (precision + recall)
  }

  /// The point of greatest F1 on a curve, or nil when the curve finds nothing.
  public static func best(on curve: PrecisionRecallCurve) -> OperatingPoint? {
    var best: OperatingPoint?
    for position in curve.scores.indices {
      // Detections of one score can only be accepted together.
      let next = position + 1
      if next < curve.scores.count, curve.scores[next] == curve.scores[position] { continue }
      let point = OperatingPoint(
        score: curve.scores[position], precision: curve.precision[position],
        recall: curve.objectCount > 0 ? curve.recall[position] : nil)
      if point.f1 > best?.f1 ?? 0 { best = point }
    }
    return best
  }

  /// The point that a score gives on a curve.
  public init(score: Float, on curve: PrecisionRecallCurve) {
    let accepted = curve.scores.lastIndex { $0 >= score }
    let isMeasurable = curve.objectCount > 0
    self.init(
      score: score, precision: accepted.map { curve.precision[$0] },
      recall: isMeasurable ? accepted.map { curve.recall[$0] } ?? 0 : nil)
  }

  private init(score: Float, precision: Double?, recall: Double?) {
    self.score = score
    self.precision = precision
    self.recall = recall
  }
}
