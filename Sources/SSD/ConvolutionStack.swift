import Torch

/// Named convolutions, each followed by an optional batch normalisation and a ReLU: what base and
/// auxiliary network are made of.
///
/// `conv4_3` has the normalisation `bn4_3`.
final class ConvolutionStack: Module {
  private let convolutions: Layers<Conv2d>
  private let normalizations: Layers<BatchNorm2d>

  init(_ convolutions: [(name: String, layer: Conv2d)], hasBatchNormalization: Bool) {
    self.convolutions = Layers(convolutions)
    normalizations = Layers(
      !hasBatchNormalization
        ? []
        : convolutions.map { name, layer in
          (Self.normalization(of: name), BatchNorm2d(layer.weight.tensor.shape[0]))
        })
  }

  /// Applies the convolution of that name and what follows it.
  func callAsFunction(_ name: String, _ input: Tensor) -> Tensor {
    guard !normalizations.elements.isEmpty else { return convolutions[name].rectified(input) }
    return normalized(name, input).rectifiedInPlace()
  }

  /// As ``callAsFunction(_:_:)``, and then the maximum of each 2x2 window with a stride of 2.
  func pooled(_ name: String, _ input: Tensor, roundsUp: Bool) -> Tensor {
    let output =
      normalizations.elements.isEmpty ? convolutions[name](input) : normalized(name, input)
    return output.rectifiedAndPooled(roundsUp: roundsUp)
  }

  private func normalized(_ name: String, _ input: Tensor) -> Tensor {
    normalizations[Self.normalization(of: name)](convolutions[name](input))
  }

  /// Draws the weights of every convolution anew; biases are zero.
  func initialize(_ draw: (Tensor) -> Void) {
    for (_, layer) in convolutions.elements { draw(layer.weight.tensor) }
  }

  var children: [(name: String, child: ModuleChild)] {
    convolutions.children + normalizations.children
  }

  private static func normalization(of convolution: String) -> String {
    "bn" + convolution.dropFirst("conv".count)
  }
}
