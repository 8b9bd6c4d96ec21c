import MultiBox
import Torch

/// The convolutions and batch normalizations of one part of a network: base, auxiliary convolutions or
/// predictions. Their parameters bear the names of the network's description.
final class NetworkPart: Module {
  private let convolutions: Layers<Conv2d>
  private let normalizations: Layers<BatchNorm2d>
  private let scales: Layers<ChannelScale>

  /// Builds the layers with fresh weights; biases are zero.
  ///
  /// - Parameters:
  ///   - layers: the part's layers, in the order in which weights are drawn.
  ///   - draw: how the weights of a convolution are drawn.
  init(_ layers: [ResolvedLayer], drawing draw: (Tensor) -> Void) {
    convolutions = Layers(
      layers.compactMap { layer in
        (layer.layer.operation.convolution).map { (layer.name, Conv2d(layer, $0)) }
      })
    normalizations = Layers(
      layers.compactMap { layer in
        layer.layer.operation.convolution?.normalization.map {
          ($0.name, BatchNorm2d(layer.outputChannels, epsilon: $0.epsilon))
        }
      })
    scales = Layers(
      layers.compactMap { layer in
        guard case .l2Normalization(let normalization) = layer.layer.operation,
          normalization.parameter == nil
        else { return nil }
        return (
          layer.name,
          ChannelScale(layer.outputChannels, value: normalization.initialScale)
        )
      })
    for (_, layer) in convolutions.elements { draw(layer.weight.tensor) }
  }

  /// The convolution of that name, and its batch normalization if it has one.
  func convolution(
    _ layer: ResolvedLayer
  ) -> (convolution: Conv2d, normalization: BatchNorm2d?) {
    (
      convolutions[layer.name],
      layer.layer.operation.convolution?.normalization.map { normalizations[$0.name] }
    )
  }

  /// The factors of the L2 normalization of that name.
  func scale(_ layer: ResolvedLayer) -> Parameter { scales[layer.name].weight }
}

/// The learned factors of an L2 normalization.
final class ChannelScale: Module {
  /// One factor for each channel, (1, channels, 1, 1).
  let weight: Parameter

  init(_ channels: Int, value: Double) {
    weight = Parameter(Tensor.full([1, channels, 1, 1], value: value))
  }
}

extension Conv2d {
  /// The convolution of a network's description, with weights and bias of zero.
  fileprivate convenience init(_ layer: ResolvedLayer, _ convolution: Convolution) {
    self.init(
      layer.inputChannels, convolution.channels, kernelSize: convolution.kernelSize,
      stride: convolution.stride,
      padding: Conv2d.Padding(
        before: convolution.padding.before, after: convolution.padding.after),
      dilation: convolution.dilation, groups: convolution.groups, hasBias: convolution.hasBias)
  }
}
