import MultiBox

/// A network that libtorch computes and the native engine does not.
public struct UnsupportedNetwork: Error, Hashable, Sendable, CustomStringConvertible {
  /// The first layer that the engine has no kernel for.
  public let layer: String
  /// What it has no kernel for.
  public let reason: String

  /// The layer, and what to do.
  public var description: String {
    "the native engine cannot compute `\(layer)`: \(reason); libtorch can (TorchPredictor)"
  }
}

extension LayerPlan {
  /// The first layer that there is no kernel for, or nil when there are kernels for all.
  var problem: (layer: String, reason: String)? {
    for layer in layers {
      if case .convolution(let convolution) = layer.operation {
        if convolution.groups > 1 { return (layer.name, "it has \(convolution.groups) groups") }
        // The image has a border of one pixel.
        if layer.input == nil,
          convolution.kernelSize != 3 || convolution.dilation != 1
            || convolution.padding.before != 1 || convolution.padding.after > 1
        {
          return (layer.name, "on the image only 3 x 3 kernels with a padding of 1 are possible")
        }
      } else if layer.inputs.contains(where: { $0 == nil }) {
        return (layer.name, "only convolutions can read the image")
      }
      if case .maximumPooling = layer.operation, let input = layer.input,
        !maps[input].isNonNegative
      {
        return (layer.name, "it pools values that can be negative")
      }
      if case .l2Normalization(_, let epsilon) = layer.operation, epsilon != 1e-10 {
        return (layer.name, "its epsilon is \(epsilon) instead of 1e-10")
      }
    }
    return nil
  }
}
