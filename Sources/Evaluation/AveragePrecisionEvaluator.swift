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
  /// A detection has to overlap an object by more than this to find it. The comparison is strict,
  /// as in the Python evaluators that results are published with; VOC's own MATLAB code accepts
  /// equality.
  public let overlapThreshold: Double
  /// Whether coordinates name the first and last pixel of a box, so that a box from 3 to 5 is 3
  /// wide. VOC's own evaluator measures so; those of other implementations often do not.
  public let pixelInclusive: Bool

  /// By class index; background's stays empty.
  private var tallies: [Tally]

  /// - Parameters:
  ///   - overlapThreshold: the Jaccard overlap to be exceeded.
  ///   - pixelInclusive: whether boxes are integer pixels including the last. Leave it false for
  ///     fractional boxes.
  public init(classes: ClassList, overlapThreshold: Double = 0.5, pixelInclusive: Bool = false) {
    self.classes = classes
    self.overlapThreshold = overlapThreshold
    self.pixelInclusive = pixelInclusive
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
    var isFound = Array(repeating: false, count: objects.count)
    for detection in detections.bestFirst(by: \.score) {
      precondition(
        1...classes.count ~= detection.classIndex, "no class has the index \(detection.classIndex)")
      tallies[detection.classIndex].detectionCount += 1
      let nearest = nearest(to: detection, among: objects)
      if let nearest, objects[nearest].isDifficult { continue }
      let isHit = nearest.map { !isFound[$0] } ?? false
      if let nearest { isFound[nearest] = true }
      tallies[detection.classIndex].outcomes.append(
        Outcome(score: detection.score, isHit: isHit))
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

  /// The position of the object that `detection` overlaps most, if by more than the threshold.
  private func nearest(to detection: Detection, among objects: [GroundTruthObject]) -> Int? {
    var nearest: Int?
    var greatest = overlapThreshold
    for (position, object) in objects.enumerated()
    where object.classIndex == detection.classIndex {
      let overlap = overlap(detection.box, object.box)
      if overlap > greatest {
        greatest = overlap
        nearest = position
      }
    }
    return nearest
  }

  private func overlap(_ left: BoundingBox, _ right: BoundingBox) -> Double {
    let extra: Double = pixelInclusive ? 1 : 0
    func side(_ low: Float, _ high: Float) -> Double { max(0, Double(high) - Double(low) + extra) }
    let shared =
      side(max(left.xMin, right.xMin), min(left.xMax, right.xMax))
      * side(max(left.yMin, right.yMin), min(left.yMax, right.yMax))
    guard shared > 0 else { return 0 }
    let areas =
      side(left.xMin, left.xMax) * side(left.yMin, left.yMax)
      + side(right.xMin, right.xMax) * side(right.yMin, right.yMax)
    return shared / (areas - shared)
  }
}
