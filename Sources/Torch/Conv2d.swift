/// A 2-D convolution with bias.
public final class Conv2d: Module {
  /// (out, in, size, size)
  public let weight: Parameter
  /// (out)
  public let bias: Parameter
  /// Rows and columns from one window to the next.
  public let stride: Int
  /// Rows and columns of zeros around the input.
  public let padding: Int
  /// Distance of neighbouring kernel elements.
  public let dilation: Int

  /// Weights and bias start at zero; see ``Initialization``.
  public init(
    _ inputChannels: Int, _ outputChannels: Int, kernelSize: Int, stride: Int = 1,
    padding: Int = 0, dilation: Int = 1
  ) {
    weight = Parameter(Tensor.zeros([outputChannels, inputChannels, kernelSize, kernelSize]))
    bias = Parameter(Tensor.zeros([outputChannels]))
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// (N, in, H, W) -> (N, out, H', W')
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.convolved(
      weight.tensor, bias: bias.tensor, stride: stride, padding: padding, dilation: dilation)
  }

  /// As ``callAsFunction(_:)``, and then `max(x, 0)`.
  public func rectified(_ input: Tensor) -> Tensor {
    input.convolvedAndRectified(
      weight.tensor, bias: bias.tensor, stride: stride, padding: padding, dilation: dilation)
  }
}

extension Module {
  /// Keeps the weights and biases of all convolutions in the type that autocast would turn them into at
  /// every run: the results are the same. For inference; gradients are forgotten.
  public func castConvolutions(to type: ScalarType) {
    for convolution in modules.compactMap({ $0 as? Conv2d }) {
      for tensor in [convolution.weight.tensor, convolution.bias.tensor] {
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
