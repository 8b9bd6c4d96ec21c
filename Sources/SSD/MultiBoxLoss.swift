import MultiBox
import Torch

/// The multibox loss (paper, section 2.2): how far the positives' offsets are off, plus how surprised
/// the class scores are at the positives and at the hardest negatives.
public final class MultiBoxLoss {
  /// What predictions are offsets from.
  public let priors: PriorBoxes
  private let configuration: LossConfiguration
  private let matcher: PriorMatcher

  /// A loss over predictions from these priors.
  public init(priors: PriorBoxes, configuration: LossConfiguration = .init()) {
    self.priors = priors
    self.configuration = configuration
    matcher = PriorMatcher(priors: priors, configuration: configuration)
  }

  /// The parts of the loss, scalars.
  public struct Parts {
    /// Localization loss over the number of positives, before its weight.
    public let localization: Tensor
    /// Cross-entropy of positives and hard negatives, over the number of positives.
    public let confidence: Tensor
    /// What to minimise: confidence + weight * localization.
    public let total: Tensor
  }

  /// What the network should have said about these images.
  public func targets(for images: [[GroundTruthObject]]) -> TrainingTargets {
    TrainingTargets(images, priors: priors, matcher: matcher)
  }

  /// The loss of a batch's predictions. A batch without any object has the loss 0.
  ///
  /// - Parameters:
  ///   - locations: (N, priors, 4)
  ///   - scores: (N, priors, classes + 1)
  ///   - targets: what ``targets(for:)`` gives for the images.
  ///   - positives: what to divide by where the images are a part of a larger batch: the positives of
  ///     all of it. nil for the batch's own.
  public func callAsFunction(
    locations: Tensor, scores: Tensor, targets: TrainingTargets, positives: Int? = nil
  ) -> Parts {
    let shape = [targets.imageCount, priors.count]
    let device = locations.device
    // At least 1: without positives there are no terms to divide either.
    let divisor = Double(max(positives ?? targets.positiveCount, 1))
    return parts(
      locations: locations, scores: scores,
      classes: Tensor(targets.classes, shape: shape).moved(to: device),
      offsets: Tensor(targets.offsets, shape: shape + [4]).moved(to: device)
    ) { $0 / divisor }
  }

  /// As ``callAsFunction(locations:scores:targets:positives:)``, with everything on one device and
  /// nothing that the program has to wait for.
  ///
  /// - Parameter positives: what to divide by, a float32 scalar.
  public func callAsFunction(
    locations: Tensor, scores: Tensor, targets: TensorMatcher.Targets, positives: Tensor
  ) -> Parts {
    let divisor = positives.clamped(minimum: 1)
    return parts(
      locations: locations, scores: scores, classes: targets.classes, offsets: targets.offsets
    ) { $0 / divisor }
  }

  /// - Parameters:
  ///   - classes: (N, priors)
  ///   - offsets: (N, priors, 4)
  ///   - perPositive: divides a sum by the number of positives.
  private func parts(
    locations: Tensor, scores: Tensor, classes: Tensor, offsets: Tensor,
    perPositive: (Tensor) -> Tensor
  ) -> Parts {
    precondition(
      locations.shape == offsets.shape && Array(scores.shape.prefix(2)) == classes.shape,
      "predictions \(locations), \(scores) do not fit targets \(classes), \(offsets)")
    let isPositive = classes .> 0
    let positive = isPositive.converted(to: .float32)
    let positivesPerImage = positive.sum(along: [1], keepingDimensions: true)

    let distances =
      switch configuration.localization {
      case .smoothL1: locations.smoothL1(to: offsets)
      case .l1: locations.l1(to: offsets)
      }
    let perPrior =
      configuration.averagesCoordinates
      ? distances.mean(along: [2]) : distances.sum(along: [2])
    let localization = perPositive((perPrior * positive).sum())

    let surprise = -scores.logSoftmax(along: 2).gathered(along: 2, at: classes.unsqueezed(2))
      .squeezed(2)
    let confidence = perPositive(
      (surprise * positive).sum()
        + hardNegatives(
          surprise.filled(where: isPositive, with: 0),
          count: positivesPerImage * Double(configuration.negativesPerPositive)))

    return Parts(
      localization: localization, confidence: confidence,
      total: confidence + localization * Double(configuration.localizationWeight))
  }

  /// The sum of each image's `count` greatest values.
  ///
  /// - Parameters:
  ///   - values: (N, priors)
  ///   - count: (N, 1)
  private func hardNegatives(_ values: Tensor, count: Tensor) -> Tensor {
    let rank = Tensor.range(priors.count, type: .float32, device: values.device).unsqueezed(0)
    let isHard = (rank .< count).converted(to: .float32)
    return (values.sorted(along: 1, descending: true).values * isHard).sum()
  }
}
