import Evaluation
import MultiBox

/// What the analyses say about the contents of a report.
public struct ReportFindings: Sendable {
  /// The figures of `ssd evaluate`.
  public let report: EvaluationReport
  /// The curves of the classes, in the order of the list.
  public let results: [AveragePrecisionEvaluator.ClassResult]
  /// COCO's average precision of the classes.
  public let cocoAveragePrecisions: [Double?]
  /// Where detections are accepted, over all classes.
  public let operatingPoint: OperatingPoint
  /// Whether the operating point was chosen for its F1, and not given.
  public let choosesOperatingPoint: Bool
  /// Detections from the operating point's score on.
  public let confusion: ConfusionMatrix
  /// The errors among all detections: what average precision sees.
  public let errors: DetectionErrors
  /// The errors among the accepted detections: what a user sees.
  public let acceptedErrors: DetectionErrors
  /// Of the detections that score at least ``leastCalibratedScore``.
  public let calibration: Calibration
  /// How many objects count as small, medium and large, as COCO draws the lines.
  public let sizeCounts: [Int]

  /// Most of what a detector puts out is close to zero, and would outweigh what anybody looks at.
  public static let leastCalibratedScore = 0.05

  /// Analyses the images.
  /// - Parameter minimumScore: where detections are accepted; nil for the score of greatest F1, or 0.5
  ///   when nothing is found.
  public init(_ images: [ScoredImage], classes: ClassList, minimumScore: Float? = nil) {
    let matcher = ObjectMatcher()
    var evaluator = DetectionEvaluator(classes: classes)
    var calibration = Calibration(minimumScore: Self.leastCalibratedScore)
    var outcomes: [(score: Float, isHit: Bool)] = []
    var sizeCounts = [0, 0, 0]
    for image in images {
      evaluator.add(pixelDetections: image.detections, objects: image.objects)
      for (detection, outcome) in zip(
        image.detections, matcher.outcomes(of: image.detections, among: image.objects))
      where outcome.counts {
        outcomes.append((detection.score, outcome.isHit))
        calibration.add(score: Double(detection.score), isHit: outcome.isHit)
      }
      for object in image.objects where !object.isDifficult {
        let area = object.box.area
        sizeCounts[area < 32 * 32 ? 0 : area < 96 * 96 ? 1 : 2] += 1
      }
    }
    report = evaluator.report()
    results = evaluator.results()
    cocoAveragePrecisions = evaluator.cocoAveragePrecisions()
    self.calibration = calibration
    self.sizeCounts = sizeCounts

    outcomes.sort { $0.score > $1.score }
    let curve = PrecisionRecallCurve(
      scores: outcomes.map(\.score), isHit: outcomes.map(\.isHit),
      objectCount: results.reduce(0) { $0 + $1.curve.objectCount })
    let point =
      minimumScore.map { OperatingPoint(score: $0, on: curve) }
      ?? OperatingPoint.best(on: curve) ?? OperatingPoint(score: 0.5, on: curve)
    operatingPoint = point
    choosesOperatingPoint = minimumScore == nil
    var confusion = ConfusionMatrix(classes: classes, minimumScore: point.score)
    for image in images { confusion.add(image) }
    self.confusion = confusion
    errors = DetectionErrors(images, classes: classes)
    acceptedErrors = DetectionErrors(
      images.map { $0.keeping(minimumScore: point.score) }, classes: classes)
  }

  /// What mean average precision (area under the curve) would gain without a kind of error.
  public func gain(mending kind: DetectionErrors.Kind) -> Double? {
    guard let now = errors.meanAveragePrecision(),
      let then = errors.meanAveragePrecision(mending: [kind])
    else { return nil }
    return then - now
  }
}
