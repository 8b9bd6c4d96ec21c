/// A 2-D convolution.
public final class Conv2d: Module {
  /// Rows and columns of zeros around the input, which may differ between its two ends, as in
  /// TensorFlow's `SAME`.
  public struct Padding: Hashable, Sendable {
    /// The rows above the first and the columns left of the first.
    public var before: Int
    /// The rows below the last and the columns right of the last.
    public var after: Int

    /// Padding that may differ between the two ends.
    public init(before: Int, after: Int) {
      self.before = before
      self.after = after
    }
  }

  /// The kernels, (out, in / groups, size, size).
  public let weight: Parameter
  /// The bias, (out), or nil where there is none.
  public let bias: Parameter?
  /// The rows and columns from one window to the next.
  public let stride: Int
  /// The rows and columns of zeros around the input.
  public let padding: Padding
  /// The distance of neighboring kernel elements.
  public let dilation: Int
  /// The number of groups that channels are divided into.
  public let groups: Int

  /// A convolution whose weights and bias are zero; see ``Initialization``.
  ///
  /// - Precondition: `groups` divides both numbers of channels.
  public init(
    _ inputChannels: Int, _ outputChannels: Int, kernelSize: Int, stride: Int = 1,
    padding: Padding, dilation: Int = 1, groups: Int = 1, hasBias: Bool = true
  ) {
    precondition(
      inputChannels.isMultiple(of: groups) && outputChannels.isMultiple(of: groups),
      "\(groups) groups do not divide \(inputChannels) channels into \(outputChannels)")
    weight = Parameter(
      Tensor.zeros([outputChannels, inputChannels / groups, kernelSize, kernelSize]))
    bias = hasBias ? Parameter(Tensor.zeros([outputChannels])) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// A convolution with the same padding on every side; weights and bias are zero.
  ///
  /// - Precondition: `groups` divides both numbers of channels.
  public convenience init(
    _ inputChannels: Int, _ outputChannels: Int, kernelSize: Int, stride: Int = 1,
    padding: Int = 0, dilation: Int = 1, groups: Int = 1, hasBias: Bool = true
  ) {
    self.init(
      inputChannels, outputChannels, kernelSize: kernelSize, stride: stride,
      padding: Padding(before: padding, after: padding), dilation: dilation, groups: groups,
      hasBias: hasBias)
  }

  /// Convolves images.
  ///
  /// - Parameter input: (N, in, H, W).
  /// - Returns: (N, out, H', W').
  public func callAsFunction(_ input: Tensor) -> Tensor {
    let (input, padding) = padded(input)
    return input.convolved(
      weight.tensor, bias: bias?.tensor, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
  }

  /// As ``callAsFunction(_:)``, and then max(x, 0).
  public func rectified(_ input: Tensor) -> Tensor {
    guard let bias, groups == 1 else { return self(input).rectifiedInPlace() }
    let (input, padding) = padded(input)
    return input.convolvedAndRectified(
      weight.tensor, bias: bias.tensor, stride: stride, padding: padding, dilation: dilation)
  }

  /// The input, and the padding that libtorch is to add: the same on every side.
  private func padded(_ input: Tensor) -> (input: Tensor, padding: Int) {
    let (before, after) = (padding.before, padding.after)
    guard before != after else { return (input, before) }
    return (input.edgePadded(before: before, after: after), 0)
  }
}

extension Module {
  /// Keeps the weights and biases of all convolutions in the type that autocast would turn them into at
  /// every run: the results are the same. For inference; gradients are forgotten.
  public func castConvolutions(to type: ScalarType) {
    for convolution in modules.compactMap({ $0 as? Conv2d }) {
      for tensor in [convolution.weight.tensor, convolution.bias?.tensor].compactMap(\.self) {
        tensor.setRequiresGradient(false)
        tensor.clearGradient()
        tensor.replace(with: tensor.converted(to: type))
      }
    }
  }
}

/// How parameters start.
public enum Initialization {
  /// Uniform within ±sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010).
  public static func xavierUniform(_ weight: Tensor) {
    let shape = weight.shape
    let field = shape.dropFirst(2).reduce(1, *)
    let bound = (6 / Double((shape[0] + shape[1]) * field)).squareRoot()
    weight.fillUniform(-bound...bound)
  }

  /// Uniform within ±sqrt(6 / fan in), which keeps the variance through ReLUs (He et al., 2015).
  public static func heUniform(_ weight: Tensor) {
    let bound = (6 / Double(weight.shape.dropFirst().reduce(1, *))).squareRoot()
    weight.fillUniform(-bound...bound)
  }
}
