import Evaluation
import Foundation

/// What a run tells whoever watches it.
public enum TrainingEvent: Sendable {
  /// An iteration is done.
  case step(TrainingStep)
  /// An iteration was given to a GPU; what comes of it is told with a later one.
  case underway(iteration: Int)
  /// An iteration was left out, because its loss or gradient was not finite.
  case skipped(BadStep)
  /// The validation images have been scored; what follows is the result that the log keeps.
  case scored(ValidationScores)
  /// An epoch is done and the validation images have been scored.
  case validation(ValidationResult)
  /// A checkpoint was written.
  case saved(URL, isBest: Bool)
}

/// One iteration of a run.
public struct TrainingStep: Sendable, Codable {
  /// Counted from 1.
  public var iteration: Int
  /// Counted from 1.
  public var epoch: Int
  /// The multibox loss.
  public var loss: Double
  /// Its localization part, before the weight.
  public var localizationLoss: Double
  /// Its confidence part.
  public var confidenceLoss: Double
  /// The learning rate of the weights.
  public var learningRate: Double
  /// The Euclidean length of the gradients before clipping.
  public var gradientNorm: Double
  /// Images that it saw, on all ranks.
  public var images: Int
  /// How long the iteration took, in seconds.
  public var seconds: Double
  /// How much of that was spent waiting for data.
  public var dataSeconds: Double
  /// How much of it the parts of the computation took; on a GPU they are not told apart.
  public var stages: StepStages
}

/// What the time of an iteration went to, in seconds.
public struct StepStages: Sendable, Hashable, Codable {
  /// Pixels to predictions.
  public var forward = 0.0
  /// Matching of priors and objects, and the loss.
  public var loss = 0.0
  /// Gradients.
  public var backward = 0.0
  /// Waiting for other ranks' gradients and figures; 0 in a run of one process.
  public var communication = 0.0
  /// Clipping, the update of the weights and of their averages.
  public var optimizer = 0.0

  /// The whole step.
  public var total: Double { forward + loss + backward + communication + optimizer }
}

/// How well the network does on the validation images.
public struct ValidationResult: Sendable, Codable {
  /// The last iteration before it, counted from 1.
  public var iteration: Int
  /// The epoch it ends, counted from 1.
  public var epoch: Int
  /// The multibox loss, averaged over batches.
  public var loss: Double
  /// Mean average precision by the 11-point rule of VOC 2007, 0...1; nil without objects.
  public var meanAveragePrecision: Double?
  /// Whether it is the best so far.
  public var isBest: Bool
  /// How long it took.
  public var seconds: Double
}
