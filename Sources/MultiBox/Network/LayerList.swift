/// Layers put one on top of the other: how a network is written down.
///
/// Each call appends a layer that reads the last one, or those that it names, and returns its name:
///
/// ```swift
/// var layers = LayerList()
/// layers.convolution("stem", channels: 32, stride: 2, isNormalized: true)
/// let shortcut = layers.top
/// layers.convolution("block_1", channels: 32, isNormalized: true)
/// layers.convolution("block_2", channels: 32, isNormalized: true, activation: .none)
/// layers.addition("block", of: shortcut, and: layers.top)
/// ```
public struct LayerList: Hashable, Sendable {
  /// The layers in the order of computation.
  public private(set) var layers: [NetworkLayer] = []
  /// The part of the network that the next layers belong to.
  public var part: NetworkLayer.Part
  /// The name of the layer that the next one reads: the last one, unless something else is assigned.
  public var top: String

  /// An empty list.
  ///
  /// - Parameters:
  ///   - part: the part of the network that the layers belong to.
  ///   - input: the name of the layer that the first one reads.
  public init(part: NetworkLayer.Part = .base, on input: String = NetworkLayer.image) {
    self.part = part
    top = input
  }

  /// Appends a layer and makes it the ``top``.
  @discardableResult
  public mutating func append(
    _ name: String, _ operation: LayerOperation, reading inputs: [String]
  ) -> String {
    layers.append(NetworkLayer(name: name, part: part, inputs: inputs, operation: operation))
    top = name
    return name
  }

  /// Appends a convolution with all its settings.
  @discardableResult
  public mutating func convolution(
    _ name: String, _ convolution: Convolution, from input: String? = nil
  ) -> String {
    append(name, .convolution(convolution), reading: [input ?? top])
  }

  /// Appends a convolution; see ``Convolution`` for its settings.
  ///
  /// - Parameters:
  ///   - name: the layer's name.
  ///   - isNormalized: whether a batch normalization with PyTorch's epsilon follows; the convolution
  ///     then has no bias, which it would only take away again.
  ///   - input: the layer that it reads; nil for the ``top``.
  @discardableResult
  public mutating func convolution(
    _ name: String, channels: Int, kernelSize: Int = 3, stride: Int = 1, padding: Padding? = nil,
    dilation: Int = 1, groups: Int = 1, isNormalized: Bool = false,
    activation: Activation = .relu, from input: String? = nil
  ) -> String {
    let normalization =
      isNormalized
      ? BatchNormalization(name: NetworkLayer.batchNormalizationName(for: name)) : nil
    return convolution(
      name,
      Convolution(
        channels: channels, kernelSize: kernelSize, stride: stride, padding: padding,
        dilation: dilation, groups: groups, hasBias: !isNormalized, normalization: normalization,
        activation: activation),
      from: input)
  }

  /// Appends the maximum over windows; see ``MaximumPooling``.
  @discardableResult
  public mutating func maximumPooling(
    _ name: String, kernelSize: Int = 2, stride: Int = 2, padding: Padding = 0,
    roundsUp: Bool = false
  ) -> String {
    append(
      name,
      .maximumPooling(
        MaximumPooling(
          kernelSize: kernelSize, stride: stride, padding: padding, roundsUp: roundsUp)),
      reading: [top])
  }

  /// Appends the sum of two maps of the same shape.
  @discardableResult
  public mutating func addition(
    _ name: String, of first: String, and second: String, activation: Activation = .relu
  ) -> String {
    append(name, .addition(activation), reading: [first, second])
  }

  /// Appends the mean of each channel of a map.
  @discardableResult
  public mutating func globalAverage(_ name: String) -> String {
    append(name, .globalAverage, reading: [top])
  }

  /// Appends a map times one factor for each channel.
  ///
  /// - Parameters:
  ///   - map: the layer whose output is scaled.
  ///   - factors: the layer with a factor for each channel, (channels, 1, 1).
  @discardableResult
  public mutating func channelScaling(
    _ name: String, of map: String, by factors: String, activation: Activation = .none
  ) -> String {
    append(name, .channelScaling(activation), reading: [map, factors])
  }

  /// Appends an L2 normalization of a map's channels beside the list: the next layer goes on from the
  /// map as it was.
  @discardableResult
  public mutating func l2Normalization(
    _ name: String, _ normalization: L2Normalization = L2Normalization()
  ) -> String {
    let source = top
    append(name, .l2Normalization(normalization), reading: [source])
    top = source
    return name
  }
}
