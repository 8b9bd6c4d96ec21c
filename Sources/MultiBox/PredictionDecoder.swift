import Foundation

/// Turns the network's raw output into detections: softmax, threshold, decoding, suppression.
public struct PredictionDecoder: Sendable {
  /// The object classes, in the order of the score columns after background's.
  public let classes: ClassList
  /// The boxes that the locations are offsets from.
  public let priors: PriorBoxes

  /// The decoder of what a network of this configuration gives.
  public init(_ configuration: SSDConfiguration) {
    classes = configuration.classes
    priors = PriorBoxes(configuration)
  }

  /// The detections of one image, best first.
  ///
  /// Predictions that are not finite numbers give no detections.
  ///
  /// - Parameters:
  ///   - locations: encoded offsets, (priors, 4), row-major.
  ///   - scores: class scores before the softmax, (priors, classes + 1), row-major.
  ///   - settings: what counts as a detection.
  ///   - isSuppressed: labels of classes to leave out.
  public func detections(
    locations: UnsafeBufferPointer<Float>, scores: UnsafeBufferPointer<Float>,
    settings: DetectionSettings, suppressing isSuppressed: Set<String> = []
  ) -> [Detection] {
    let columns = classes.count + 1
    precondition(locations.count == priors.count * 4, "locations must be (\(priors.count), 4)")
    precondition(
      scores.count == priors.count * columns, "scores must be (\(priors.count), \(columns))")

    let candidates = CandidateSearch(
      columns: columns, minimumScore: settings.minimumScore,
      wantedClasses: (1..<columns).filter { !isSuppressed.contains(classes.label(at: $0)) })
    var boxes = DecodedBoxes(locations: locations, priors: priors)
    var kept = Array(repeating: KeptBoxes(), count: columns)
    var seen = Array(repeating: 0, count: columns)
    var detections: [Detection] = []
    // Suppression looks only at better candidates of the same class. So all classes can be worked
    // off together from the best candidate down, and what is kept first is the answer.
    for candidate in candidates.bestFirst(in: scores, rows: priors.count) {
      guard detections.count < settings.limit else { break }
      let (classIndex, prior) = candidate.place.quotientAndRemainder(dividingBy: priors.count)
      seen[classIndex] += 1
      if let maximum = settings.maximumCandidates, seen[classIndex] > maximum { continue }
      guard let box = boxes[prior],
        !kept[classIndex].overlap(box, byMoreThan: settings.maximumOverlap)
      else { continue }
      kept[classIndex].append(box)
      detections.append(
        Detection(
          box: box, classIndex: classIndex, label: classes.label(at: classIndex),
          score: candidate.score))
    }
    return detections
  }
}

/// The boxes that a network predicts, decoded when they are first asked for.
private struct DecodedBoxes {
  private let locations: UnsafeBufferPointer<Float>
  private let priors: PriorBoxes
  private var boxes: [BoundingBox]
  private var isDecoded: [Bool]

  init(locations: UnsafeBufferPointer<Float>, priors: PriorBoxes) {
    self.locations = locations
    self.priors = priors
    boxes = Array(
      repeating: BoundingBox(xMin: 0, yMin: 0, xMax: 0, yMax: 0), count: priors.count)
    isDecoded = Array(repeating: false, count: priors.count)
  }

  /// The box predicted at a prior, or nil when it has no area or is not finite.
  subscript(prior: Int) -> BoundingBox? {
    mutating get {
      if !isDecoded[prior] {
        let start = prior * 4
        let offsets = Offsets(
          centerX: locations[start], centerY: locations[start + 1], width: locations[start + 2],
          height: locations[start + 3])
        boxes[prior] = BoundingBox(
          offsets.box(from: priors.centerSize[prior], variances: priors.variances))
        isDecoded[prior] = true
      }
      let box = boxes[prior]
      return box.area > 0 && box.area.isFinite ? box : nil
    }
  }
}
