import MultiBox

/// Compares detections with the truth as Pascal VOC does, image by image.
///
/// The detections of an image are taken from the best down. Each looks at the object of its class
/// that it overlaps most: if they overlap by more than the threshold, it has found that object,
/// unless a better detection has found it already, in which case it is false, or the object is
/// difficult, in which case neither counts.
public struct AveragePrecisionEvaluator: Sendable {
  /// The classes that detections and objects are of.
  public let classes: ClassList
  private let matcher: ObjectMatcher
  /// A detection has to overlap an object by more than this to find it. The comparison is strict,
  /// as in the Python evaluators that results are published with; VOC's own MATLAB code accepts
  /// equality.
  public var iouThreshold: Double { matcher.iouThreshold }
  /// Whether coordinates name the first and last pixel of a box, so that a box from 3 to 5 is 3
  /// wide. VOC's own evaluator measures so; those of other implementations often do not.
  public var pixelInclusive: Bool { matcher.pixelInclusive }

  /// By class index; background's stays empty.
  private var tallies: [Tally]

  /// - Parameters:
  ///   - classes: the classes that detections and objects are of.
  ///   - iouThreshold: the Jaccard overlap to be exceeded.
  ///   - pixelInclusive: whether boxes are integer pixels including the last. Leave it false for
  ///     fractional boxes.
  public init(classes: ClassList, iouThreshold: Double = 0.5, pixelInclusive: Bool = false) {
    self.classes = classes
    matcher = ObjectMatcher(iouThreshold: iouThreshold, pixelInclusive: pixelInclusive)
    tallies = Array(repeating: Tally(), count: classes.count + 1)
  }

  /// Adds one image.
  ///
  /// - Parameters:
  ///   - detections: what was found, in any order. Boxes may be in any unit, the same as the
  ///     objects'.
  ///   - objects: what is there.
  public mutating func add(detections: [Detection], objects: [GroundTruthObject]) {
    for object in objects {
      precondition(
        1...classes.count ~= object.classIndex, "no class has the index \(object.classIndex)")
      if object.isDifficult {
        tallies[object.classIndex].difficultCount += 1
      } else {
        tallies[object.classIndex].objectCount += 1
      }
    }
    let outcomes = matcher.outcomes(of: detections, among: objects)
    for (detection, outcome) in zip(detections, outcomes) {
      precondition(
        1...classes.count ~= detection.classIndex, "no class has the index \(detection.classIndex)")
      tallies[detection.classIndex].detectionCount += 1
      guard outcome.counts else { continue }
      tallies[detection.classIndex].outcomes.append(
        Outcome(score: detection.score, isHit: outcome.isHit))
    }
  }

  /// What was measured for each class, in the order of the list.
  public func results() -> [ClassResult] {
    zip(classes.labels, tallies.dropFirst()).map { label, tally in
      let ordered = tally.outcomes.bestFirst(by: \.score)
      return ClassResult(
        label: label, difficultCount: tally.difficultCount, detectionCount: tally.detectionCount,
        curve: PrecisionRecallCurve(
          scores: ordered.map(\.score), isHit: ordered.map(\.isHit),
          objectCount: tally.objectCount))
    }
  }

  /// What was measured for one class.
  public struct ClassResult: Sendable, Hashable {
    /// The class's label.
    public let label: String
    /// Objects that do not count because they are difficult.
    public let difficultCount: Int
    /// All detections, those on difficult objects included.
    public let detectionCount: Int
    /// Precision and recall over the scores; it knows the average precision.
    public let curve: PrecisionRecallCurve
  }

  private struct Tally: Sendable {
    var objectCount = 0
    var difficultCount = 0
    var detectionCount = 0
    var outcomes: [Outcome] = []
  }

  private struct Outcome: Sendable {
    var score: Float
    var isHit: Bool
  }
}
