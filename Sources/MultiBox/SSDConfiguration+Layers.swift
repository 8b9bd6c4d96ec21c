extension SSDConfiguration {
  /// The network layer by layer, in the order of computation: base, auxiliary convolutions, and for
  /// each map the two convolutions that predict offsets (`loc_`) and classes (`cl_`).
  ///
  /// The changes to VGG-16 are the paper's (section 3): pool3 rounds up, pool5 is 3 x 3 with stride 1,
  /// conv6 has a dilation of 6.
  ///
  /// - Precondition: the base has the channels of five blocks.
  public var layers: [NetworkLayer] {
    var stack = LayerStack(imageSize: imageSize, isNormalized: base.hasBatchNormalization)
    for (block, depth) in BaseNetwork.blockDepths.enumerated() {
      for position in 1...depth {
        stack.convolve(
          "conv\(block + 1)_\(position)", .base, base.blockChannels[block], kernel: 3, padding: 1)
      }
      let isLast = block + 1 == BaseNetwork.blockDepths.count
      stack.pool(
        "pool\(block + 1)", kernel: isLast ? 3 : 2, stride: isLast ? 1 : 2,
        padding: isLast ? 1 : 0, roundsUp: block == 2)
    }
    stack.convolve(
      "conv6", .base, base.convolutionalChannels, kernel: 3, padding: 6, dilation: 6)
    stack.convolve("conv7", .base, base.convolutionalChannels, kernel: 1)
    for block in auxiliary {
      stack.convolve("\(block.name)_1", .auxiliary, block.bottleneckChannels, kernel: 1)
      stack.convolve(
        "\(block.name)_2", .auxiliary, block.channels, kernel: block.kernelSize,
        stride: block.stride, padding: block.padding)
    }
    for map in featureMaps {
      for (kind, columns) in [("loc", 4), ("cl", scoreCount)] {
        stack.predict("\(kind)_\(map.name)", from: map.name, map.priorsPerPosition * columns)
      }
    }
    return stack.layers
  }

  /// Numbers that training changes, the rescaling factors of conv4_3 included.
  public var parameterCount: Int {
    layers.reduce(base.blockChannels[3]) { $0 + $1.parameterCount }
  }

  /// Multiplications, each with an addition, of a forward pass of one image.
  public var multiplications: Int { layers.reduce(0) { $0 + $1.multiplications } }

  /// Multiplications, each with an addition, of a training step for one image: forwards, and backwards
  /// for the weights and for the inputs, of which the image needs none.
  public var trainingMultiplications: Int { 3 * multiplications - layers[0].multiplications }
}

/// Layers that are put one on top of the other.
private struct LayerStack {
  private(set) var layers: [NetworkLayer] = []
  private let isNormalized: Bool
  /// What the next layer sees: an image has fields of one pixel, a pixel apart.
  private var top: (channels: Int, size: Int, field: Int, step: Int)

  init(imageSize: Int, isNormalized: Bool) {
    self.isNormalized = isNormalized
    top = (3, imageSize, 1, 1)
  }

  mutating func convolve(
    _ name: String, _ part: NetworkLayer.Part, _ channels: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, dilation: Int = 1
  ) {
    push(
      NetworkLayer(
        name: name, kind: .convolution, part: part, inputChannels: top.channels,
        outputChannels: channels, inputSize: top.size, kernelSize: kernel, stride: stride,
        padding: padding, dilation: dilation, hasBatchNormalization: isNormalized))
  }

  mutating func pool(_ name: String, kernel: Int, stride: Int, padding: Int, roundsUp: Bool) {
    push(
      NetworkLayer(
        name: name, kind: .maximumPooling, part: .base, inputChannels: top.channels,
        outputChannels: top.channels, inputSize: top.size, kernelSize: kernel, stride: stride,
        padding: padding, roundsUp: roundsUp))
  }

  /// Adds a prediction beside the stack, on the output of a layer in it.
  mutating func predict(_ name: String, from source: String, _ channels: Int) {
    guard let layer = layers.first(where: { $0.name == source }) else { return }
    layers.append(
      NetworkLayer(
        name: name, kind: .convolution, part: .prediction, inputChannels: layer.outputChannels,
        outputChannels: channels, inputSize: layer.outputSize, kernelSize: 3, padding: 1,
        receptiveField: layer.receptiveField + 2 * layer.step, step: layer.step))
  }

  private mutating func push(_ layer: NetworkLayer) {
    var layer = layer
    layer.receptiveField = top.field + (layer.kernelSize - 1) * layer.dilation * top.step
    layer.step = top.step * layer.stride
    layers.append(layer)
    top = (layer.outputChannels, layer.outputSize, layer.receptiveField, layer.step)
  }
}
