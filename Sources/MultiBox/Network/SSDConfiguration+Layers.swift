extension SSDConfiguration {
  /// The whole network as a list of layers: the base, the auxiliary convolutions on top of its last
  /// layer, and for each feature map the two 3 x 3 convolutions that predict offsets (`loc_`) and class
  /// logits (`cl_`).
  public var layers: [NetworkLayer] {
    var layers = base.layers
    layers += auxiliaryLayers(on: layers)
    for map in featureMaps {
      let heads = heads(of: map)
      for (name, columns) in [(heads.offsets, 4), (heads.logits, scoreCount)] {
        layers.append(
          NetworkLayer(
            name: name, part: .prediction, inputs: [heads.source],
            operation: .convolution(
              Convolution(
                channels: map.priorsPerPosition * columns, kernelSize: 3, activation: .none))))
      }
    }
    return layers
  }

  /// The network with the sizes of what flows through it.
  ///
  /// - Precondition: its layers fit together; ``NetworkGraph/init(validating:)`` says what does not.
  public var graph: NetworkGraph {
    do {
      return try NetworkGraph(validating: self)
    } catch {
      preconditionFailure("the network `\(name)` cannot be built: \(error)")
    }
  }

  /// The names of the layers that predict from a feature map, and of the one that they read.
  func heads(of map: FeatureMap) -> (source: String, offsets: String, logits: String) {
    (base.predictionLayer(of: map.name), "loc_\(map.name)", "cl_\(map.name)")
  }

  /// The names and shapes of all parameters and buffers of the network; see
  /// ``NetworkGraph/parameterShapes``.
  ///
  /// - Precondition: the network's layers fit together.
  public var parameterShapes: [(name: String, shape: [Int])] { graph.parameterShapes }

  /// The number of priors of all feature maps: rows of the predictions of one image.
  public var priorCount: Int { featureMaps.reduce(0) { $0 + $1.priorCount } }

  /// The blocks that make smaller maps. In bias and batch normalization they follow the convolution
  /// that they stand on.
  private func auxiliaryLayers(on base: [NetworkLayer]) -> [NetworkLayer] {
    guard let top = base.last else { return [] }
    let model = base.last { $0.operation.convolution != nil }?.operation.convolution
    func convolution(
      _ name: String, _ channels: Int, kernelSize: Int = 1, stride: Int = 1, padding: Int = 0
    ) -> Convolution {
      Convolution(
        channels: channels, kernelSize: kernelSize, stride: stride, padding: Padding(padding),
        hasBias: model?.hasBias ?? true,
        normalization: (model?.normalization).map {
          BatchNormalization(
            name: NetworkLayer.batchNormalizationName(for: name), epsilon: $0.epsilon)
        })
    }
    var layers = LayerList(part: .auxiliary, on: top.name)
    for block in auxiliary {
      let names = block.layerNames
      layers.convolution(names.squeeze, convolution(names.squeeze, block.bottleneckChannels))
      layers.convolution(
        names.map,
        convolution(
          names.map, block.channels, kernelSize: block.kernelSize, stride: block.stride,
          padding: block.padding))
    }
    return layers.layers
  }

  /// Changes the size of the network's images, and of its feature maps with it.
  ///
  /// - Throws: ``NetworkError`` when an image of that size is too small or too large for the layers.
  public mutating func setImageSize(_ size: Int) throws(NetworkError) {
    var changed = self
    changed.imageSize = size
    let graph = try NetworkGraph(changed.layers, imageSize: size)
    for index in featureMaps.indices {
      let source = heads(of: featureMaps[index]).source
      guard let layer = graph.layers.first(where: { $0.name == source }) else {
        throw NetworkError(
          featureMaps[index].name, "there is no layer of this name to predict from")
      }
      changed.featureMaps[index].size = layer.outputSize
    }
    self = changed
  }

  /// The same network without batch normalizations, which become parts of the convolutions before them:
  /// these then have a bias.
  public var foldingBatchNormalizations: SSDConfiguration {
    var folded = self
    if var network = base.vgg16 {
      network.hasBatchNormalization = false
      folded.base.vgg16 = network
    } else {
      let base = base.layers
      folded.base = .layers(
        (base + auxiliaryLayers(on: base)).map { layer in
          guard case .convolution(var convolution) = layer.operation else { return layer }
          if convolution.normalization != nil { convolution.hasBias = true }
          convolution.normalization = nil
          var layer = layer
          layer.operation = .convolution(convolution)
          return layer
        })
      folded.auxiliary = []
    }
    return folded
  }
}

extension AuxiliaryBlock {
  /// The names of its two layers: the 1 x 1 convolution to fewer channels, and the one that gives the
  /// map.
  public var layerNames: (squeeze: String, map: String) { ("\(name)_1", "\(name)_2") }
}
