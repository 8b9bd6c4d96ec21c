import MultiBox

/// Which objects the detections of an image find, after Pascal VOC's rule.
///
/// Detections are taken from the best down. Each looks at the object of its class that it overlaps
/// most, and at no other.
public struct ObjectMatcher: Sendable, Hashable {
  /// A detection has to overlap an object by more than this to find it.
  public let iouThreshold: Double
  /// Whether coordinates name the first and last pixel of a box; see
  /// ``AveragePrecisionEvaluator/pixelInclusive``.
  public let pixelInclusive: Bool

  /// - Parameters:
  ///   - iouThreshold: the Jaccard overlap to be exceeded.
  ///   - pixelInclusive: whether boxes are integer pixels including the last.
  public init(iouThreshold: Double = 0.5, pixelInclusive: Bool = false) {
    self.iouThreshold = iouThreshold
    self.pixelInclusive = pixelInclusive
  }

  /// What became of a detection; objects are named by their position.
  public enum Outcome: Sendable, Hashable {
    /// It is the best on this object.
    case found(object: Int)
    /// A better one has found this object before.
    case repeated(object: Int)
    /// It lies on an object that does not count.
    case difficult(object: Int)
    /// It lies on no object of its class.
    case unfounded

    /// Whether it found an object that counts.
    public var isHit: Bool {
      if case .found = self { true } else { false }
    }

    /// Whether it counts at all.
    public var counts: Bool {
      if case .difficult = self { false } else { true }
    }
  }

  /// The outcomes in the order of the detections, which may be any.
  ///
  /// Boxes may be in any unit, the same for both.
  public func outcomes(of detections: [Detection], among objects: [GroundTruthObject]) -> [Outcome]
  {
    var outcomes = Array(repeating: Outcome.unfounded, count: detections.count)
    var isFound = Array(repeating: false, count: objects.count)
    for position in detections.indices.bestFirst(by: { detections[$0].score }) {
      guard let nearest = nearest(to: detections[position], among: objects) else { continue }
      if objects[nearest].isDifficult {
        outcomes[position] = .difficult(object: nearest)
      } else if isFound[nearest] {
        outcomes[position] = .repeated(object: nearest)
      } else {
        outcomes[position] = .found(object: nearest)
        isFound[nearest] = true
      }
    }
    return outcomes
  }

  /// The position of the object that `detection` overlaps most, if by more than the threshold.
  private func nearest(to detection: Detection, among objects: [GroundTruthObject]) -> Int? {
    var nearest: Int?
    var greatest = iouThreshold
    for (position, object) in objects.enumerated()
    where object.classIndex == detection.classIndex {
      let overlap = iou(detection.box, object.box)
      if overlap > greatest {
        greatest = overlap
        nearest = position
      }
    }
    return nearest
  }

  /// The Jaccard overlap of two boxes in double precision.
  public func iou(_ left: BoundingBox, _ right: BoundingBox) -> Double {
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
