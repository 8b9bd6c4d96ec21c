import Datasets
import Torch

/// Everything that decides how a run goes, beside the network and the data. Saved in every checkpoint.
public struct TrainingConfiguration: Hashable, Sendable, Codable {
  /// Images that go through the network together.
  public var batchSize: Int
  /// Batches whose gradients are added up for one update: together they are as one large batch.
  public var accumulation: Int
  /// Ranks that each have such batches; together, too, they are as one large batch. A run may go on with
  /// another number of ranks: they then share out as many images.
  public var ranks: Int
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
  /// Layers that stay as they are: `conv1_2`, a whole block (`conv1`) or a whole part (`base`).
  public var frozen: [String]
  /// What is done to the training images.
  public var augmentation: AugmentationConfiguration
  /// The number that every random choice of the run follows from.
  public var seed: UInt64
  /// The type of convolutions.
  public var precision: Precision
  /// Whether operators whose result depends on the order of threads are refused. On the CPU none does.
  public var isDeterministic: Bool
  /// Whether a batch whose loss or gradient is not a finite number is left out instead of ending the
  /// run.
  public var skipsBadSteps: Bool

  /// The type that convolutions run in.
  public enum Precision: String, Hashable, Sendable, Codable, CaseIterable {
    case float32
    case bfloat16

    /// The faster of the two on the GPU, once one is open, or else on this processor.
    public static var fastest: Precision {
      CUDA.preferredDevice.hasBFloat16 ? .bfloat16 : .float32
    }

    /// The autocast type, nil for none.
    public var autocast: ScalarType? { self == .bfloat16 ? .bfloat16 : nil }
  }

  /// A run with the paper's settings, unless others are given.
  public init(
    batchSize: Int = 32, accumulation: Int = 1, ranks: Int = 1, schedule: LearningRateSchedule,
    momentum: Double = 0.9, weightDecay: Double = 5e-4, biasLearningRateFactor: Double = 2,
    maximumGradientNorm: Double? = nil, averageDecay: Double? = nil, frozen: [String] = [],
    augmentation: AugmentationConfiguration = .standard, seed: UInt64 = 0,
    precision: Precision = .float32, isDeterministic: Bool = false, skipsBadSteps: Bool = false
  ) {
    self.batchSize = batchSize
    self.accumulation = accumulation
    self.ranks = ranks
    self.schedule = schedule
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.biasLearningRateFactor = biasLearningRateFactor
    self.maximumGradientNorm = maximumGradientNorm
    self.averageDecay = averageDecay
    self.frozen = frozen
    self.augmentation = augmentation
    self.seed = seed
    self.precision = precision
    self.isDeterministic = isDeterministic
    self.skipsBadSteps = skipsBadSteps
  }

  /// Images that one update sees.
  public var imagesPerStep: Int { batchSize * accumulation * ranks }

  /// The paper's run: 120,000 iterations of 32 images. With another batch size the number of images
  /// stays the same.
  public static func paperIterations(batchSize: Int) -> Int { 120_000 * 32 / batchSize }
}

extension TrainingConfiguration {
  /// Reads a recipe's or a checkpoint's settings. What is left out is the paper's, and the precision
  /// the processor's fastest; of the schedule, only the number of iterations must be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      schedule: try values.decode(LearningRateSchedule.self, forKey: .schedule),
      maximumGradientNorm: try values.decodeIfPresent(Double.self, forKey: .maximumGradientNorm),
      averageDecay: try values.decodeIfPresent(Double.self, forKey: .averageDecay),
      precision: .fastest)
    func read<Value: Decodable>(
      _ key: CodingKeys, into setting: inout Value
    ) throws {
      setting = try values.decodeIfPresent(Value.self, forKey: key) ?? setting
    }
    try read(.batchSize, into: &batchSize)
    try read(.accumulation, into: &accumulation)
    try read(.ranks, into: &ranks)
    try read(.momentum, into: &momentum)
    try read(.weightDecay, into: &weightDecay)
    try read(.biasLearningRateFactor, into: &biasLearningRateFactor)
    try read(.frozen, into: &frozen)
    try read(.augmentation, into: &augmentation)
    try read(.seed, into: &seed)
    try read(.precision, into: &precision)
    try read(.isDeterministic, into: &isDeterministic)
    try read(.skipsBadSteps, into: &skipsBadSteps)
  }
}
