private let fusedSGD = Operator("aten::_fused_sgd_")
private let fusedSGDOnDevice = Operator("aten::_fused_sgd_", overload: "tensor_lr")
private let foreachScale = Operator("aten::_foreach_mul_", overload: "Tensor")

/// Stochastic gradient descent with momentum and weight decay, as PyTorch defines it.
///
/// Each group is updated by one operator over all its parameters.
public final class SGD {
  /// Parameters that share a learning rate.
  public struct Group {
    /// The parameters' full names.
    public var names: [String]
    /// The tensors, in the order of the names.
    public var parameters: [Tensor]
    /// The group's learning rate in terms of the optimiser's: 2 for biases in the paper.
    public var learningRateFactor: Double
    /// The share of each parameter that is added to its gradient.
    public var weightDecay: Double

    /// A group of parameters with the same settings.
    public init(
      _ parameters: [(name: String, tensor: Tensor)], learningRateFactor: Double = 1,
      weightDecay: Double
    ) {
      names = parameters.map(\.name)
      self.parameters = parameters.map(\.tensor)
      self.learningRateFactor = learningRateFactor
      self.weightDecay = weightDecay
    }
  }

  /// The groups that have parameters.
  public let groups: [Group]
  /// How much of the last step's direction is kept.
  public let momentum: Double
  /// One buffer a parameter, in the order of the groups.
  private let momentumBuffers: [[Tensor]]

  /// Zeros are a valid momentum, and the first step then does what PyTorch's does: 0.9 * 0 + gradient.
  public init(groups: [Group], momentum: Double = 0.9) {
    self.groups = groups.filter { !$0.parameters.isEmpty }
    self.momentum = momentum
    momentumBuffers = self.groups.map { $0.parameters.map { $0.detached().zerosLike() } }
  }

  /// Moves every parameter against its gradient.
  ///
  /// - Parameter learningRate: multiplied by each group's factor.
  public func step(learningRate: Double) {
    update { group, gradients, buffers in
      fusedSGD.run(
        .tensors(group.parameters), .tensors(gradients), .tensors(buffers),
        .real(group.weightDecay), .real(momentum),
        .real(learningRate * group.learningRateFactor), .real(0), .boolean(false),
        .boolean(false), .boolean(false))
    }
  }

  /// As ``step(learningRate:)``, with everything that decides about it on the parameters' device, so
  /// that nobody has to wait for it.
  ///
  /// - Parameters:
  ///   - learningRate: a scalar, multiplied by each group's factor.
  ///   - divisor: a scalar that gradients are divided by first; nil for 1.
  ///   - isSkipped: a scalar: 1 leaves parameters and momentum as they are, 0 does not.
  public func step(learningRate: Tensor, dividingGradientsBy divisor: Tensor?, isSkipped: Tensor) {
    update { group, gradients, buffers in
      fusedSGDOnDevice.run(
        .tensors(group.parameters), .tensors(gradients), .tensors(buffers),
        .real(group.weightDecay), .real(momentum),
        .tensor(learningRate * group.learningRateFactor), .real(0), .boolean(false),
        .boolean(false), .boolean(false), .optional(divisor), .tensor(isSkipped))
    }
  }

  /// Calls `body` with every group, its gradients (zeros where there are none) and its momentum: none
  /// without momentum, as the operators want it.
  private func update(_ body: (_ group: Group, _ gradients: [Tensor], _ buffers: [Tensor]) -> Void)
  {
    withoutGradients {
      for (group, buffers) in zip(groups, momentumBuffers) {
        body(
          group, group.parameters.map { $0.gradient ?? $0.detached().zerosLike() },
          momentum > 0 ? buffers : [])
      }
    }
  }

  /// Forgets the gradients.
  public func clearGradients() {
    for group in groups {
      for parameter in group.parameters { parameter.clearGradient() }
    }
  }

  /// The Euclidean length of all gradients together.
  public func gradientNorm() -> Double { gradientNormTensor()?.scalar ?? 0 }

  /// As ``gradientNorm()``, a scalar on the gradients' device; nil without any.
  public func gradientNormTensor() -> Tensor? {
    let gradients = gradients
    return gradients.isEmpty ? nil : withoutGradients { Tensor.norm2(of: gradients) }
  }

  /// Multiplies every gradient.
  public func scaleGradients(by factor: Double) {
    let gradients = gradients
    guard let device = gradients.first?.device else { return }
    withoutGradients {
      foreachScale.run(
        .tensors(gradients), .tensor(Tensor.full([], value: factor, device: device)))
    }
  }

  /// The momentum of every parameter by its name: what a checkpoint must hold to go on exactly.
  public var momentumByName: [(name: String, tensor: Tensor)] {
    zip(groups, momentumBuffers).flatMap { group, buffers in
      zip(group.names, buffers).map { (name: $0, tensor: $1) }
    }
  }

  private var gradients: [Tensor] { groups.flatMap { $0.parameters.compactMap(\.gradient) } }
}
