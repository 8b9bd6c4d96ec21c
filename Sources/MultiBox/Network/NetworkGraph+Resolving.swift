extension NetworkGraph {
  /// Numbers of channels that a layer may have.
  private static let channelRange = 1...65_536
  /// Sizes of kernels, strides and dilations.
  private static let windowRange = 1...64
  /// Rows and columns of padding.
  private static let paddingRange = 0...64
  /// Rows and columns of the image.
  static let imageSizeRange = 8...8192
  /// The most values that one image's map may have, so that its bytes can be counted in 32 bits.
  private static let valueLimit = Int(Int32.max) / 4

  /// What flows from a layer to those that read it.
  private struct Map {
    var channels: Int
    var size: Int
    var receptiveField: Int
    var step: Int
  }

  /// Computes what flows through each layer.
  ///
  /// - Throws: ``NetworkError``, which names the layer.
  static func resolved(
    _ layers: [NetworkLayer], imageSize: Int
  ) throws(NetworkError) -> (layers: [ResolvedLayer], inputs: [[Int?]]) {
    guard imageSizeRange.contains(imageSize) else {
      throw NetworkError(
        nil, "images of \(imageSize) pixels: the size has to be within \(imageSizeRange)")
    }
    guard !layers.isEmpty else { throw NetworkError(nil, "there is no layer") }
    var outputs: [Map] = []
    var positions: [String: Int] = [:]
    var parameters: Set<String> = []
    var resolved: [ResolvedLayer] = []
    var inputs: [[Int?]] = []
    for layer in layers {
      guard !layer.name.isEmpty, layer.name != NetworkLayer.image, positions[layer.name] == nil
      else { throw NetworkError(layer.name, "another layer has this name, or it is no name") }
      guard layer.inputs.count == layer.operation.inputCount else {
        throw NetworkError(
          layer.name, "it reads \(layer.inputs.count) maps, not \(layer.operation.inputCount)")
      }
      var sources: [Map] = []
      var indices: [Int?] = []
      for input in layer.inputs {
        guard input != NetworkLayer.image else {
          sources.append(Map(channels: 3, size: imageSize, receptiveField: 1, step: 1))
          indices.append(nil)
          continue
        }
        guard let index = positions[input] else {
          throw NetworkError(
            layer.name, "it reads `\(input)`, and no layer before it has this name")
        }
        sources.append(outputs[index])
        indices.append(index)
      }
      // The native engine keeps the image in an order of its own, which only such convolutions read.
      guard !indices.contains(nil) || layer.operation.convolution?.groups == 1 else {
        throw NetworkError(layer.name, "only convolutions without groups can read the image")
      }
      let output = try output(of: layer, reading: sources, imageSize: imageSize)
      let made = ResolvedLayer(
        layer: layer, inputChannels: sources[0].channels, outputChannels: output.channels,
        inputSize: sources[0].size, outputSize: output.size,
        receptiveField: output.receptiveField, step: output.step)
      for (name, _) in made.parameterShapes where !parameters.insert(name).inserted {
        throw NetworkError(layer.name, "another layer has parameters of the name `\(name)`")
      }
      positions[layer.name] = resolved.count
      outputs.append(output)
      resolved.append(made)
      inputs.append(indices)
    }
    return (resolved, inputs)
  }

  private static func output(
    of layer: NetworkLayer, reading sources: [Map], imageSize: Int
  ) throws(NetworkError) -> Map {
    func fail(_ reason: String) -> NetworkError { NetworkError(layer.name, reason) }
    func shape(_ map: Map) -> String { "(\(map.channels), \(map.size), \(map.size))" }
    let input = sources[0]
    var output = input
    for source in sources.dropFirst() {
      output.receptiveField = max(output.receptiveField, source.receptiveField)
      output.step = max(output.step, source.step)
    }
    switch layer.operation {
    case .convolution(let convolution):
      guard channelRange.contains(convolution.channels) else {
        throw fail("\(convolution.channels) channels: they have to be within \(channelRange)")
      }
      guard convolution.groups >= 1, input.channels.isMultiple(of: convolution.groups),
        convolution.channels.isMultiple(of: convolution.groups)
      else {
        throw fail(
          "\(convolution.groups) groups do not divide \(input.channels) channels into "
            + "\(convolution.channels)")
      }
      if let normalization = convolution.normalization {
        guard normalization.epsilon.isFinite, normalization.epsilon > 0 else {
          throw fail("its batch normalization's epsilon of \(normalization.epsilon)")
        }
      }
      output.channels = convolution.channels
      try slide(
        layer.name, &output, kernelSize: convolution.kernelSize, stride: convolution.stride,
        padding: convolution.padding, dilation: convolution.dilation, roundsUp: false)
    case .maximumPooling(let pooling):
      // A window that lies in the padding alone would have no maximum.
      guard pooling.padding.before < pooling.kernelSize, pooling.padding.after < pooling.kernelSize
      else { throw fail("its padding is as wide as its window of \(pooling.kernelSize)") }
      try slide(
        layer.name, &output, kernelSize: pooling.kernelSize, stride: pooling.stride,
        padding: pooling.padding, dilation: 1, roundsUp: pooling.roundsUp)
    case .addition:
      guard sources[1].channels == input.channels, sources[1].size == input.size else {
        throw fail(
          "it adds \(shape(sources[1])) (`\(layer.inputs[1])`) to \(shape(input)) "
            + "(`\(layer.inputs[0])`)")
      }
    case .channelScaling:
      guard sources[1].channels == input.channels, sources[1].size == 1 else {
        throw fail(
          "it scales \(shape(input)) (`\(layer.inputs[0])`) by \(shape(sources[1])) "
            + "(`\(layer.inputs[1])`), which should be (\(input.channels), 1, 1)")
      }
      (output.receptiveField, output.step) = (input.receptiveField, input.step)
    case .globalAverage:
      output.size = 1
      output.receptiveField += (input.size - 1) * input.step
      output.step = imageSize
    case .l2Normalization(let normalization):
      guard normalization.epsilon.isFinite, normalization.epsilon > 0,
        normalization.initialScale.isFinite
      else { throw fail("its epsilon or initial scale is not usable") }
    }
    guard output.size * output.size <= valueLimit / output.channels else {
      throw fail("its output \(shape(output)) has more than \(valueLimit) values")
    }
    return output
  }

  /// Moves a window over a map.
  private static func slide(
    _ name: String, _ map: inout Map, kernelSize: Int, stride: Int, padding: Padding, dilation: Int,
    roundsUp: Bool
  ) throws(NetworkError) {
    guard windowRange.contains(kernelSize), windowRange.contains(stride),
      windowRange.contains(dilation), paddingRange.contains(padding.before),
      paddingRange.contains(padding.after)
    else {
      throw NetworkError(
        name,
        "a kernel of \(kernelSize), stride \(stride), dilation \(dilation) and padding of "
          + "\(padding.before) and \(padding.after)")
    }
    let travel = map.size + padding.before + padding.after - dilation * (kernelSize - 1) - 1
    guard travel >= 0 else {
      throw NetworkError(
        name,
        "its window of \(dilation * (kernelSize - 1) + 1) does not fit into its map of \(map.size) "
          + "with padding of \(padding.before) and \(padding.after)")
    }
    let reach = map.size + padding.before
    map.size = (roundsUp ? (travel + stride - 1) / stride : travel / stride) + 1
    // As in PyTorch: a last window has to begin within the map or the padding before it.
    if roundsUp, (map.size - 1) * stride >= reach { map.size -= 1 }
    map.receptiveField += dilation * (kernelSize - 1) * map.step
    map.step *= stride
  }
}
