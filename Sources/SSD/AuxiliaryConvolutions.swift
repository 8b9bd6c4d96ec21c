import MultiBox
import Torch

/// The blocks above the base network: each squeezes the channels and makes the next smaller map.
public final class AuxiliaryConvolutions: Module {
  private let stack: ConvolutionStack
  private let blocks: [String]

  /// Draws the weights after Glorot and Bengio; biases are zero.
  public init(
    _ configuration: [AuxiliaryBlock], inputChannels: Int, hasBatchNormalization: Bool
  ) {
    var layers: [(name: String, layer: Conv2d)] = []
    var channels = inputChannels
    for block in configuration {
      layers.append(
        ("\(block.name)_1", Conv2d(channels, block.bottleneckChannels, kernelSize: 1)))
      layers.append(
        (
          "\(block.name)_2",
          Conv2d(
            block.bottleneckChannels, block.channels, kernelSize: block.kernelSize,
            stride: block.stride, padding: block.padding)
        ))
      channels = block.channels
    }
    blocks = configuration.map(\.name)
    stack = ConvolutionStack(layers, hasBatchNormalization: hasBatchNormalization)
    stack.initialize(Initialization.xavierUniform)
  }

  /// - Parameter features: the map of conv7.
  /// - Returns: the map of each block's second convolution, from large to small.
  public func callAsFunction(_ features: Tensor) -> [Tensor] {
    var features = features
    return blocks.map { block in
      features = stack("\(block)_2", stack("\(block)_1", features))
      return features
    }
  }

  /// The layers, `conv8_1` and so on.
  public var children: [(name: String, child: ModuleChild)] { stack.children }
}
