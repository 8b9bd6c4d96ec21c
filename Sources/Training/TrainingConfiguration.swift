import Datasets
import Torch

/// Everything that decides how a run goes, beside the network and the data. Saved in every checkpoint.
public struct TrainingConfiguration: Hashable, Sendable, Codable {
  /// Images in a batch.
  public var batchSize: Int
  /// The learning rate over the run, and with it the run's length.
  public var schedule: LearningRateSchedule
  /// Momentum of the gradient descent.
  public var momentum: Double
  /// The share of each parameter that is taken from it at every step, before the learning rate.
  public var weightDecay: Double
  /// The learning rate of biases in terms of the weights'.
  public var biasLearningRateFactor: Double
  /// Gradients are scaled down so that their Euclidean length stays below this; nil leaves them.
  public var maximumGradientNorm: Double?
  /// The decay of the average of the weights that is validated and saved for detection; nil for none.
  public var averageDecay: Double?
  /// What is done to the training images.
  public var augmentation: AugmentationConfiguration
  /// The number that every random choice of the run follows from.
  public var seed: UInt64
  /// The type of convolutions.
  public var precision: Precision

  /// The type that convolutions run in.
  public enum Precision: String, Hashable, Sendable, Codable, CaseIterable {
    case float32
    case bfloat16

    /// The autocast type, nil for none.
    var autocast: ScalarType? { self == .bfloat16 ? .bfloat16 : nil }
  }

  /// A run with the paper's settings, unless others are given.
  public init(
    batchSize: Int = 32, schedule: LearningRateSchedule, momentum: Double = 0.9,
    weightDecay: Double = 5e-4, biasLearningRateFactor: Double = 2,
    maximumGradientNorm: Double? = nil, averageDecay: Double? = nil,
    augmentation: AugmentationConfiguration = .standard, seed: UInt64 = 0,
    precision: Precision = .float32
  ) {
    self.batchSize = batchSize
    self.schedule = schedule
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.biasLearningRateFactor = biasLearningRateFactor
    self.maximumGradientNorm = maximumGradientNorm
    self.averageDecay = averageDecay
    self.augmentation = augmentation
    self.seed = seed
    self.precision = precision
  }

  /// The paper's run: 120,000 iterations of 32 images. With another batch size the number of images
  /// stays the same.
  public static func paperIterations(batchSize: Int) -> Int { 120_000 * 32 / batchSize }
}
