/// A layer in its place in a network: with the sizes of what flows through it, and what it costs.
@dynamicMemberLookup
public struct ResolvedLayer: Hashable, Sendable {
  /// The layer as it was described.
  public let layer: NetworkLayer
  /// The channels of its first input.
  public let inputChannels: Int
  /// The channels of its output.
  public let outputChannels: Int
  /// The rows and columns of its first input.
  public let inputSize: Int
  /// The rows and columns of its output.
  public let outputSize: Int
  /// The pixels of the image that one element of the output depends on, along each side, were the image
  /// endless.
  public let receptiveField: Int
  /// The pixels from the center of one element's receptive field to that of its neighbor (the stride of
  /// the map with respect to the image).
  public let step: Int

  /// What the description says of the layer, such as its name.
  public subscript<Value>(dynamicMember keyPath: KeyPath<NetworkLayer, Value>) -> Value {
    layer[keyPath: keyPath]
  }

  /// Whether it is a convolution.
  public var isConvolution: Bool { layer.operation.convolution != nil }

  /// How its window moves over the map; a window of 1 x 1 where the operation has none.
  private var window: (kernelSize: Int, stride: Int, padding: Padding, dilation: Int) {
    switch layer.operation {
    case .convolution(let convolution):
      (
        convolution.kernelSize, convolution.stride, convolution.padding, convolution.dilation
      )
    case .maximumPooling(let pooling): (pooling.kernelSize, pooling.stride, pooling.padding, 1)
    case .addition, .channelScaling, .globalAverage, .l2Normalization: (1, 1, 0, 1)
    }
  }

  /// The rows and columns of its window; 1 where it has none.
  public var kernelSize: Int { window.kernelSize }

  /// The rows and columns from one window to the next; 1 where it has none.
  public var stride: Int { window.stride }

  /// The rows and columns around the map; 0 where it has no window.
  public var padding: Padding { window.padding }

  /// The distance of neighboring elements of the window; 1 where it has none.
  public var dilation: Int { window.dilation }

  /// Whether a last window that reaches over the edge counts.
  public var roundsUp: Bool {
    if case .maximumPooling(let pooling) = layer.operation { pooling.roundsUp } else { false }
  }

  /// The name of the convolution's parameters, without `.weight`.
  public var parameterName: String { layer.part.prefix + layer.name }

  /// The name of the batch normalization's parameters, without `.weight`; nil where there is none.
  public var normalizationName: String? {
    (layer.operation.convolution?.normalization).map { layer.part.prefix + $0.name }
  }

  /// Whether a parameter of that full name is one of the layer's.
  public func owns(_ name: String) -> Bool { parameterShapes.contains { $0.name == name } }

  /// The full name of an L2 normalization's factors; nil for another layer.
  public var scaleName: String? {
    guard case .l2Normalization(let normalization) = layer.operation else { return nil }
    return normalization.parameter ?? "\(parameterName).weight"
  }

  /// The names and shapes of the layer's parameters and buffers, weights first. A batch normalization's
  /// `num_batches_tracked` is left out, which nothing depends on.
  public var parameterShapes: [(name: String, shape: [Int])] {
    if let scaleName { return [(scaleName, [1, outputChannels, 1, 1])] }
    guard let convolution = layer.operation.convolution else { return [] }
    var shapes = [
      (
        name: "\(parameterName).weight",
        shape: [
          outputChannels, inputChannels / convolution.groups, convolution.kernelSize,
          convolution.kernelSize,
        ]
      )
    ]
    if convolution.hasBias { shapes.append(("\(parameterName).bias", [outputChannels])) }
    if let normalizationName {
      shapes += ["weight", "bias", "running_mean", "running_var"].map {
        ("\(normalizationName).\($0)", [outputChannels])
      }
    }
    return shapes
  }

  /// The number of values that training changes.
  public var parameterCount: Int {
    parameterShapes.reduce(0) { sum, parameter in
      parameter.name.hasSuffix(".running_mean") || parameter.name.hasSuffix(".running_var")
        ? sum : sum + parameter.shape.reduce(1, *)
    }
  }

  /// The multiply-adds of a convolution for one image, by its definition; 0 for other layers.
  public var multiplications: Int {
    guard let convolution = layer.operation.convolution else { return 0 }
    return outputSize * outputSize * outputChannels * (inputChannels / convolution.groups)
      * convolution.kernelSize * convolution.kernelSize
  }
}
