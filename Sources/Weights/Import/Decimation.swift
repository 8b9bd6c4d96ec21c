/// How a fully connected layer of VGG-16 becomes a convolution with holes (paper, section 3): every
/// fourth neuron stays, and of the inputs those that a dilated kernel sees.
///
/// Which ones stay is the tutorial's choice: the first, the fifth, and so on; of seven rows and columns
/// the first, fourth and seventh.
public struct Decimation: Sendable, Equatable {
  /// Channels of the map that the layer looks at.
  public var inputs: Int
  /// Rows and columns of that map.
  public var size: Int
  /// The layer's neurons.
  public var outputs: Int
  /// Of how many neurons one stays.
  public let outputStep: Int
  /// Of how many input channels one stays.
  public let inputStep: Int
  /// Of how many rows and columns one stays.
  public let step: Int

  /// fc6 (4096 neurons over 512 x 7 x 7) to conv6 (1024 x 512 x 3 x 3).
  public static let conv6 = Decimation(
    inputs: 512, size: 7, outputs: 4096, outputStep: 4, inputStep: 1, step: 3)
  /// fc7 (4096 neurons over 4096) to conv7 (1024 x 1024 x 1 x 1).
  public static let conv7 = Decimation(
    inputs: 4096, size: 1, outputs: 4096, outputStep: 4, inputStep: 4, step: 1)

  /// The convolution's weight or bias, or nil when `tensor` is neither of the layer.
  ///
  /// A weight may be (neurons, inputs), as fully connected layers have it, or (neurons, channels,
  /// rows, columns). Only the parts of the file that stay are read.
  public func callAsFunction(_ tensor: StoredTensor) -> StoredTensor? {
    let kept = (outputs - 1) / outputStep + 1
    // Old Caffe files put ones in front of shapes with less than four dimensions.
    let shape = Array(tensor.shape.drop { $0 == 1 })
    if shape == [outputs] { return tensor.view(shape: [kept], strides: [outputStep]) }
    guard
      shape == [outputs, inputs * size * size] || tensor.shape == [outputs, inputs, size, size]
    else { return nil }
    let channels = (inputs - 1) / inputStep + 1
    let side = (size - 1) / step + 1
    return tensor.view(
      shape: [kept, channels, side, side],
      strides: [outputStep * inputs * size * size, inputStep * size * size, step * size, step])
  }
}
