import MultiBox
import Torch

/// VGG-16 as SSD changes it (paper, section 3): pool3 rounds up, so that 75 becomes 38; pool5 is 3x3
/// with stride 1; fc6 and fc7 are convolutions, conv6 atrous with a dilation of 6.
public final class VGG16Base: Module {
  private let stack: ConvolutionStack

  /// Draws the weights after He et al.; biases are zero.
  public init(_ configuration: BaseNetwork) {
    var layers: [(name: String, layer: Conv2d)] = []
    var channels = 3
    for (block, depth) in BaseNetwork.blockDepths.enumerated() {
      for position in 1...depth {
        let output = configuration.blockChannels[block]
        layers.append(
          ("conv\(block + 1)_\(position)", Conv2d(channels, output, kernelSize: 3, padding: 1)))
        channels = output
      }
    }
    let wide = configuration.convolutionalChannels
    layers.append(("conv6", Conv2d(channels, wide, kernelSize: 3, padding: 6, dilation: 6)))
    layers.append(("conv7", Conv2d(wide, wide, kernelSize: 1)))
    stack = ConvolutionStack(layers, hasBatchNormalization: configuration.hasBatchNormalization)
    stack.initialize(Initialization.heUniform)
  }

  /// - Parameter images: normalised, (N, 3, size, size).
  /// - Returns: the maps of conv4_3, before normalisation, and of conv7: (N, 512, 38, 38) and
  ///   (N, 1024, 19, 19) in SSD300.
  public func callAsFunction(_ images: Tensor) -> (conv4_3: Tensor, conv7: Tensor) {
    var features = images
    var conv4_3 = images
    for (block, depth) in BaseNetwork.blockDepths.enumerated() {
      let names = (1...depth).map { "conv\(block + 1)_\($0)" }
      for name in names.dropLast() { features = stack(name, features) }
      let last = names[depth - 1]
      switch block + 1 {
      case 4:
        conv4_3 = stack(last, features)
        features = conv4_3.maxPooled(2, stride: 2)
      case 5: features = stack(last, features).maxPooled(3, stride: 1, padding: 1)
      default: features = stack.pooled(last, features, roundsUp: block + 1 == 3)
      }
    }
    return (conv4_3, stack("conv7", stack("conv6", features)))
  }

  /// The layers, `conv1_1` to `conv7`.
  public var children: [(name: String, child: ModuleChild)] { stack.children }
}
