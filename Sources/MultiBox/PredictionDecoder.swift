import Foundation

/// What counts as a detection.
public struct DetectionSettings: Hashable, Sendable {
  /// A box needs more than this score in a class to be a candidate of it.
  public var minimumScore: Float
  /// Of two candidates of a class that overlap by more than this, the lesser is dropped.
  public var maximumOverlap: Float
  /// The most detections an image can have, over all classes.
  public var limit: Int

  public init(minimumScore: Float = 0.2, maximumOverlap: Float = 0.5, limit: Int = 200) {
    self.minimumScore = minimumScore
    self.maximumOverlap = maximumOverlap
    self.limit = limit
  }

  /// The settings that results are compared with across implementations: 0.01, 0.45, 200.
  public static let evaluation = DetectionSettings(minimumScore: 0.01, maximumOverlap: 0.45)
}

/// Turns the network's raw output into detections: softmax, threshold, decoding, suppression.
public struct PredictionDecoder: Sendable {
  public let classes: ClassList
  public let priors: PriorBoxes

  public init(_ configuration: SSDConfiguration) {
    classes = configuration.classes
    priors = PriorBoxes(configuration)
  }

  /// The detections of one image, best first.
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

    var candidates: [[Candidate]] = Array(repeating: [], count: columns)
    for prior in 0..<priors.count {
      collect(
        prior, UnsafeBufferPointer(rebasing: scores[prior * columns..<(prior + 1) * columns]),
        minimumScore: settings.minimumScore, into: &candidates)
    }

    var decoded: [Int32: BoundingBox] = [:]
    func box(at prior: Int32) -> BoundingBox {
      if let known = decoded[prior] { return known }
      let start = Int(prior) * 4
      let offsets = Offsets(
        centerX: locations[start], centerY: locations[start + 1], width: locations[start + 2],
        height: locations[start + 3])
      let box = BoundingBox(
        offsets.box(from: priors.centerSize[Int(prior)], variances: priors.variances))
      decoded[prior] = box
      return box
    }

    var detections: [Detection] = []
    for classIndex in 1..<columns where !candidates[classIndex].isEmpty {
      let label = classes.label(at: classIndex)
      guard !isSuppressed.contains(label) else { continue }
      // Equal scores keep the order of the priors, so that results do not depend on the sort.
      let ordered = candidates[classIndex].sorted {
        $0.score != $1.score ? $0.score > $1.score : $0.prior < $1.prior
      }
      let boxes = ordered.map { box(at: $0.prior) }
      let kept = suppressed(
        boxes, maximumOverlap: settings.maximumOverlap, limit: settings.limit)
      for index in kept {
        detections.append(
          Detection(
            box: boxes[index], classIndex: classIndex, label: label, score: ordered[index].score))
      }
    }
    detections.sort { $0.score > $1.score }
    return Array(detections.prefix(settings.limit))
  }

  private struct Candidate {
    var prior: Int32
    var score: Float
  }

  /// Appends `prior` to the candidates of every class whose softmax score exceeds the threshold.
  private func collect(
    _ prior: Int, _ scores: UnsafeBufferPointer<Float>, minimumScore: Float,
    into candidates: inout [[Candidate]]
  ) {
    var highest = -Float.infinity
    var highestObject = -Float.infinity
    for column in 0..<scores.count {
      highest = max(highest, scores[column])
      if column > 0 { highestObject = max(highestObject, scores[column]) }
    }
    // The denominator is at least 1, so that a class so far below the best cannot pass.
    guard exp(highestObject - highest) > minimumScore else { return }
    var sum: Float = 0
    for column in 0..<scores.count { sum += exp(scores[column] - highest) }
    for column in 1..<scores.count {
      let score = exp(scores[column] - highest) / sum
      if score > minimumScore {
        candidates[column].append(Candidate(prior: Int32(prior), score: score))
      }
    }
  }
}
