/// The terms that the localization loss (box regression loss) sums for one image, positive by positive
/// (paper, section 2.2).
public struct LocalizationTerms: Sendable {
  /// The indices of the priors with an object, in order.
  public let positives: [Int]
  /// The distances of each positive's four offsets from their targets: center x, center y, width,
  /// height.
  public let distances: [[Float]]
  private let averagesCoordinates: Bool

  /// Compares the predictions of one image with its targets.
  ///
  /// - Parameters:
  ///   - offsets: predicted offsets, (priors, 4), row-major.
  ///   - targets: the targets of this image alone.
  ///   - configuration: the distance, and whether coordinates are averaged.
  /// - Precondition: there are as many offsets as targets.
  public init(offsets: [Float], targets: TrainingTargets, configuration: LossConfiguration) {
    precondition(
      offsets.count == targets.offsets.count,
      "\(offsets.count) offsets, \(targets.offsets.count) targets")
    let positives = targets.classes.indices.filter { targets.classes[$0] > 0 }
    self.positives = positives
    distances = positives.map { prior in
      (prior * 4..<prior * 4 + 4).map {
        configuration.localization.distance(offsets[$0] - targets.offsets[$0])
      }
    }
    averagesCoordinates = configuration.averagesCoordinates
  }

  /// The loss of one positive: the sum of its four distances, or their mean where the configuration
  /// averages coordinates.
  ///
  /// - Parameter index: the index in ``positives``.
  public func term(_ index: Int) -> Float {
    distances[index].reduce(0, +) / (averagesCoordinates ? 4 : 1)
  }

  /// The localization loss before its weight: the mean of the terms; 0 without positives.
  public var loss: Float {
    positives.isEmpty
      ? 0 : positives.indices.reduce(0) { $0 + term($1) } / Float(positives.count)
  }
}

extension LossConfiguration.Localization {
  /// The distance that a difference of offsets counts as: its absolute value, or smooth L1 (Huber).
  public func distance(_ difference: Float) -> Float {
    let magnitude = abs(difference)
    return switch self {
    case .l1: magnitude
    case .smoothL1: magnitude < 1 ? magnitude * magnitude / 2 : magnitude - 0.5
    }
  }
}
