import MultiBox

extension LayerPlan {
  /// The plan of a network, all maps of one type.
  ///
  /// - Throws: ``ImpossibleNetwork`` when the layers do not give the maps that the configuration
  ///   predicts from.
  init(_ configuration: SSDConfiguration, element: Element) throws {
    var builder = LayerPlanBuilder(element: element, imageSize: configuration.imageSize)
    let base = configuration.base
    for (block, depth) in [2, 2, 3, 3, 3].enumerated() {
      for position in 1...depth {
        builder.convolve(
          "base.", "conv\(block + 1)_\(position)", outputs: base.blockChannels[block],
          kernelSize: 3, padding: 1)
      }
      switch block + 1 {
      case 3: builder.pool("pool3", 2, stride: 2, padding: 0, roundsUp: true)
      case 4:
        builder.normalizeLength("conv4_3", predictionOf: 0)
        builder.pool("pool4", 2, stride: 2, padding: 0)
      case 5: builder.pool("pool5", 3, stride: 1, padding: 1)
      default: builder.pool("pool\(block + 1)", 2, stride: 2, padding: 0)
      }
    }
    builder.convolve(
      "base.", "conv6", outputs: base.convolutionalChannels, kernelSize: 3, dilation: 6,
      padding: 6)
    builder.convolve(
      "base.", "conv7", outputs: base.convolutionalChannels, kernelSize: 1, padding: 0)
    builder.predict(1)
    for (index, block) in configuration.auxiliary.enumerated() {
      builder.convolve(
        "aux_convs.", "\(block.name)_1", outputs: block.bottleneckChannels, kernelSize: 1,
        padding: 0)
      builder.convolve(
        "aux_convs.", "\(block.name)_2", outputs: block.channels, kernelSize: block.kernelSize,
        stride: block.stride, padding: block.padding)
      builder.predict(2 + index)
    }
    self = try builder.plan(configuration)
  }
}

/// Builds a plan layer by layer; each reads what the last one wrote.
private struct LayerPlanBuilder {
  private var plan = LayerPlan()
  private let element: LayerPlan.Element
  private let imageSize: Int
  /// The map that the next layer reads; nil is the image.
  private var current: Int?
  /// By feature map: the map it is predicted from.
  private var predictions: [(featureMap: Int, map: Int)] = []

  init(element: LayerPlan.Element, imageSize: Int) {
    self.element = element
    self.imageSize = imageSize
    plan.imageElement = element
  }

  private var size: Int { current.map { plan.maps[$0].size } ?? imageSize }
  private var channels: Int { current.map { plan.maps[$0].channels } ?? 3 }

  private mutating func map(_ name: String, channels: Int, size: Int) -> Int {
    plan.maps.append(.init(name: name, channels: channels, size: size, element: element))
    return plan.maps.count - 1
  }

  private mutating func append(
    _ name: String, _ operation: LayerPlan.Operation, output: Int?, outputSize: Int
  ) {
    plan.layers.append(
      .init(
        name: name, operation: operation, input: current, output: output, outputSize: outputSize))
    if let output { current = output }
  }

  mutating func convolve(
    _ prefix: String, _ name: String, outputs: Int, kernelSize: Int, stride: Int = 1,
    dilation: Int = 1, padding: Int
  ) {
    let convolution = LayerPlan.Convolution(
      parameters: [prefix + name], inputChannels: channels, outputChannels: outputs,
      kernelSize: kernelSize, stride: stride, dilation: dilation, padding: padding)
    let outputSize = convolution.outputSize(of: size)
    append(
      name, .convolution(convolution), output: map(name, channels: outputs, size: outputSize),
      outputSize: outputSize)
  }

  mutating func pool(
    _ name: String, _ kernelSize: Int, stride: Int, padding: Int, roundsUp: Bool = false
  ) {
    let span = size + 2 * padding - kernelSize + (roundsUp ? stride - 1 : 0)
    append(
      name, .maximumPool(kernelSize: kernelSize, stride: stride, padding: padding),
      output: map(name, channels: channels, size: span / stride + 1),
      outputSize: span / stride + 1)
  }

  /// Normalises the current map for a prediction; the next layer reads the map as it was.
  mutating func normalizeLength(_ name: String, predictionOf featureMap: Int) {
    let source = current
    append(
      "normalize \(name)", .lengthNormalization,
      output: map("\(name) normalized", channels: channels, size: size), outputSize: size)
    predict(featureMap)
    current = source
  }

  /// Predicts from the current map, when all maps are known.
  mutating func predict(_ featureMap: Int) {
    if let current { predictions.append((featureMap, current)) }
  }

  func plan(_ configuration: SSDConfiguration) throws -> LayerPlan {
    var plan = plan
    for (featureMap, index) in predictions {
      let wanted = configuration.featureMaps[featureMap]
      let map = plan.maps[index]
      guard map.size == wanted.size else {
        throw ImpossibleNetwork(featureMap: wanted, size: map.size)
      }
      let convolution = LayerPlan.Convolution(
        parameters: ["pred_convs.loc_\(wanted.name)", "pred_convs.cl_\(wanted.name)"],
        inputChannels: map.channels,
        outputChannels: wanted.priorsPerPosition * (4 + configuration.scoreCount), kernelSize: 3,
        padding: 1, prediction: featureMap)
      let layer = LayerPlan.Layer(
        name: "predict \(wanted.name)", operation: .convolution(convolution), input: index,
        output: nil, outputSize: map.size)
      // Directly after what it reads, while that is in a cache.
      let producer = plan.layers.firstIndex { $0.output == index } ?? 0
      plan.layers.insert(layer, at: producer + 1)
    }
    return plan
  }
}

/// A configuration whose layers do not fit the maps it predicts from.
public struct ImpossibleNetwork: Error, CustomStringConvertible {
  /// The map of the configuration.
  public let featureMap: FeatureMap
  /// Width and height that the layers give it.
  public let size: Int

  /// What does not fit.
  public var description: String {
    "the configuration has priors on \(featureMap.size) x \(featureMap.size) positions of "
      + "\(featureMap.name), but the layers give \(size) x \(size)"
  }
}
