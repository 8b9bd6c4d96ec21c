/// What the localization loss sums for one image, positive by positive (paper, section 2.2).
public struct LocalizationTerms: Sendable {
  /// The priors with an object, in order.
  public let positives: [Int]
  /// For every positive the distances of its four offsets from their targets: centre x, centre y,
  /// width, height.
  public let distances: [[Float]]
  private let averagesCoordinates: Bool

  /// Compares the predictions of one image with its targets.
  ///
  /// - Parameters:
  ///   - locations: predicted offsets, (priors, 4), row-major.
  ///   - targets: of this image alone.
  public init(locations: [Float], targets: TrainingTargets, configuration: LossConfiguration) {
    precondition(
      locations.count == targets.offsets.count,
      "\(locations.count) offsets, \(targets.offsets.count) targets")
    let positives = targets.classes.indices.filter { targets.classes[$0] > 0 }
    self.positives = positives
    distances = positives.map { prior in
      (prior * 4..<prior * 4 + 4).map {
        configuration.localization.distance(locations[$0] - targets.offsets[$0])
      }
    }
    averagesCoordinates = configuration.averagesCoordinates
  }

  /// The distance of a positive's box from its object's.
  public func term(_ index: Int) -> Float {
    distances[index].reduce(0, +) / (averagesCoordinates ? 4 : 1)
  }

  /// The localization loss, before its weight: the mean of the terms; 0 without positives.
  public var loss: Float {
    positives.isEmpty
      ? 0 : positives.indices.reduce(0) { $0 + term($1) } / Float(positives.count)
  }
}

extension LossConfiguration.Localization {
  /// The distance that a difference of offsets counts for.
  public func distance(_ difference: Float) -> Float {
    let magnitude = abs(difference)
    return switch self {
    case .l1: magnitude
    case .smoothL1: magnitude < 1 ? magnitude * magnitude / 2 : magnitude - 0.5
    }
  }
}
