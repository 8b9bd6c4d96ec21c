/// Batch normalisation of images (Ioffe and Szegedy, 2015).
public final class BatchNorm2d: Module {
  /// The learned scale, (channels).
  public let weight: Parameter
  /// The learned shift, (channels).
  public let bias: Parameter
  /// The average mean while training, (channels).
  public let runningMean: Buffer
  /// The average unbiased variance while training, (channels).
  public let runningVar: Buffer
  /// How far the averages move towards each batch.
  public let momentum: Double
  /// What is added to variances before dividing by their root.
  public let epsilon: Double
  /// Whether the batch's own statistics are used, and the running ones updated.
  public var isTraining = false
  /// Whether the running statistics are used even while training, and stay as they are.
  public var isFrozen = false

  /// A layer that changes nothing until it is trained.
  public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
    weight = Parameter(Tensor.full([channels], value: 1))
    bias = Parameter(Tensor.zeros([channels]))
    runningMean = Buffer(Tensor.zeros([channels]))
    runningVar = Buffer(Tensor.full([channels], value: 1))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// (N, C, H, W) -> the same shape
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.batchNormalized(
      weight: weight.tensor, bias: bias.tensor, runningMean: runningMean.tensor,
      runningVariance: runningVar.tensor, isTraining: isTraining && !isFrozen, momentum: momentum,
      epsilon: epsilon)
  }
}
