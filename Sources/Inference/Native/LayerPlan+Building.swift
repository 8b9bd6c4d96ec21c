import MultiBox

extension LayerPlan {
  /// The plan of a network, all maps of one type.
  ///
  /// A convolution takes in its batch normalization and its activation, and the two convolutions that
  /// predict from a map become one. Predictions are computed directly after the map that they read,
  /// while that is in a cache.
  init(_ graph: NetworkGraph, imageSize: Int, element: Element) {
    self.imageSize = imageSize
    imageElement = element
    var maps: [Int: Int] = [:]
    let isNonNegative = graph.isNonNegative
    let heads = Self.heads(of: graph)
    func inputs(of index: Int) -> [Int?] { graph.inputs[index].map { $0.flatMap { maps[$0] } } }
    let isHead = Set(heads.joined().flatMap(\.layers))
    for (index, layer) in graph.layers.enumerated() where !isHead.contains(index) {
      let inputs = inputs(of: index)
      self.maps.append(
        Map(
          name: layer.name, channels: layer.outputChannels, size: layer.outputSize,
          element: element, isNonNegative: isNonNegative[index]))
      maps[index] = self.maps.count - 1
      layers.append(
        Layer(
          name: layer.name, operation: Operation(layer), inputs: inputs,
          output: self.maps.count - 1, outputSize: layer.outputSize))
      for (featureMap, heads) in heads.enumerated() {
        for head in heads where graph.inputs[head.layers[0]] == [index] {
          layers.append(
            Self.prediction(head, featureMap: featureMap, of: graph, input: maps[index]))
        }
      }
    }
  }

  /// Convolutions that predict from one map, of the same shape but for their channels.
  private struct Head {
    var layers: [Int]
    var rows: [PredictedRows]
  }

  /// By feature map: one head where offsets and logits can be computed together, or else two.
  private static func heads(of graph: NetworkGraph) -> [[Head]] {
    graph.predictions.enumerated().map { index, prediction in
      func geometry(_ layer: Int) -> MultiBox.Convolution? {
        var convolution = graph.layers[layer].layer.operation.convolution
        convolution?.channels = 0
        return convolution
      }
      let offsets = PredictedRows(featureMap: index, kind: .offsets)
      let logits = PredictedRows(featureMap: index, kind: .logits)
      guard graph.inputs[prediction.offsets] == graph.inputs[prediction.logits],
        geometry(prediction.offsets) == geometry(prediction.logits)
      else {
        return [
          Head(layers: [prediction.offsets], rows: [offsets]),
          Head(layers: [prediction.logits], rows: [logits]),
        ]
      }
      return [Head(layers: [prediction.offsets, prediction.logits], rows: [offsets, logits])]
    }
  }

  private static func prediction(
    _ head: Head, featureMap: Int, of graph: NetworkGraph, input: Int?
  ) -> Layer {
    let sources = head.layers.map { graph.layers[$0] }
    var convolution = Convolution(sources[0], sources[0].layer.operation.convolution!)
    convolution.sources = sources
    convolution.outputChannels = sources.reduce(0) { $0 + $1.outputChannels }
    convolution.rows = head.rows
    let map = graph.layers[graph.predictions[featureMap].offsets].name.dropFirst("loc_".count)
    let kind = head.rows.count == 2 ? "" : " \(head.rows[0].kind)"
    return Layer(
      name: "predict\(kind) \(map)", operation: .convolution(convolution), inputs: [input],
      output: nil, outputSize: sources[0].outputSize)
  }
}

extension LayerPlan.Operation {
  init(_ layer: ResolvedLayer) {
    self =
      switch layer.layer.operation {
      case .convolution(let convolution):
        .convolution(LayerPlan.Convolution(layer, convolution))
      case .maximumPooling(let pooling): .maximumPooling(pooling)
      case .addition(let activation): .addition(activation)
      case .channelScaling(let activation): .channelScaling(activation)
      case .globalAverage: .globalAverage
      case .l2Normalization(let normalization):
        .l2Normalization(factors: layer.scaleName ?? layer.name, epsilon: normalization.epsilon)
      }
  }
}

extension LayerPlan.Convolution {
  init(_ layer: ResolvedLayer, _ convolution: MultiBox.Convolution) {
    self.init(
      sources: [layer], inputChannels: layer.inputChannels, outputChannels: layer.outputChannels,
      kernelSize: convolution.kernelSize, stride: convolution.stride,
      dilation: convolution.dilation, groups: convolution.groups, padding: convolution.padding,
      activation: convolution.activation)
  }
}
