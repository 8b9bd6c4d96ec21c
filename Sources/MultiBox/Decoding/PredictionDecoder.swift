import Foundation

/// Turns the network's raw output into detections: softmax, score threshold, decoding of the offsets,
/// non-maximum suppression (NMS).
///
/// ```swift
/// let decoder = PredictionDecoder(configuration)
/// let detections = decoder.detections(predictions, settings: .init(minimumScore: 0.4))
/// ```
public struct PredictionDecoder: Sendable {
  /// The object classes, in the order of the logits after background's.
  public let classes: ClassList
  /// The boxes that the offsets are measured from.
  public let priors: PriorBoxes

  /// The decoder of what a network of this configuration predicts.
  public init(_ configuration: SSDConfiguration) {
    classes = configuration.classes
    priors = PriorBoxes(configuration)
  }

  /// The detections of one image, best first.
  ///
  /// Predictions that are not finite numbers give no detections.
  ///
  /// - Parameters:
  ///   - offsets: encoded offsets, (priors, 4), row-major.
  ///   - logits: class scores before the softmax, (priors, classes + 1), row-major.
  ///   - settings: what counts as a detection.
  ///   - excludedLabels: the labels of classes to leave out.
  /// - Precondition: the predictions are of this decoder's priors and classes.
  public func detections(
    offsets: UnsafeBufferPointer<Float>, logits: UnsafeBufferPointer<Float>,
    settings: DetectionSettings, excluding excludedLabels: Set<String> = []
  ) -> [Detection] {
    let columns = classes.count + 1
    precondition(offsets.count == priors.count * 4, "offsets must be (\(priors.count), 4)")
    precondition(
      logits.count == priors.count * columns, "logits must be (\(priors.count), \(columns))")

    let candidates = CandidateSearch(
      columns: columns, minimumScore: settings.minimumScore,
      wantedClasses: (1..<columns).filter { !excludedLabels.contains(classes.label(at: $0)) })
    var boxes = DecodedBoxes(offsets: offsets, priors: priors)
    // One for each class, or the first for all of them.
    var suppressions = Array(
      repeating: NonMaximumSuppression(iouThreshold: settings.iouThreshold), count: columns)
    var candidateCounts = Array(repeating: 0, count: columns)
    var detections: [Detection] = []
    // Suppression looks only at better candidates of the same class. So all classes can be worked
    // off together from the best candidate down, and what is kept first is the answer.
    for candidate in candidates.bestFirst(in: logits, rows: priors.count) {
      guard detections.count < settings.limit else { break }
      let (classIndex, prior) = candidate.index.quotientAndRemainder(dividingBy: priors.count)
      candidateCounts[classIndex] += 1
      if let maximum = settings.maximumCandidates, candidateCounts[classIndex] > maximum {
        continue
      }
      guard let box = boxes[prior],
        suppressions[settings.nmsAcrossClasses ? 0 : classIndex].keeps(box)
      else { continue }
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
  private let offsets: UnsafeBufferPointer<Float>
  private let priors: PriorBoxes
  private var boxes: [BoundingBox]
  private var isDecoded: [Bool]

  init(offsets: UnsafeBufferPointer<Float>, priors: PriorBoxes) {
    self.offsets = offsets
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
        let encoded = Offsets(
          centerX: offsets[start], centerY: offsets[start + 1], width: offsets[start + 2],
          height: offsets[start + 3])
        boxes[prior] = BoundingBox(
          encoded.box(from: priors.centerSize[prior], variances: priors.variances))
        isDecoded[prior] = true
      }
      let box = boxes[prior]
      return box.area > 0 && box.area.isFinite ? box : nil
    }
  }
}
