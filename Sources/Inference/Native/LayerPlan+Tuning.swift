extension LayerPlan {
  /// Chooses the algorithm of every convolution, joins pools with the convolutions before them where
  /// the algorithm computes whole pooling windows at once, and finds out which borders maps need.
  mutating func tune() {
    for index in layers.indices {
      guard case .convolution(var convolution) = layers[index].operation else { continue }
      convolution.algorithm = algorithm(convolution, layers[index])
      layers[index].operation = .convolution(convolution)
    }
    fusePools()
    setBorders()
  }

  /// The cheapest algorithm, by multiply-adds.
  private func algorithm(_ convolution: Convolution, _ layer: Layer) -> Algorithm {
    guard let input = layer.input, maps[input].element != .uint8, convolution.kernelSize == 3,
      convolution.stride == 1
    else { return .direct }
    // In bfloat16 the transforms of F(6x6) lose more than the type itself.
    let tiles = maps[input].element == .float32 ? [2, 4, 6] : [2, 4]
    let size = maps[input].size
    /// What a transformed tile costs beside its products: transforms move each of its elements twice,
    /// for every input and every output channel.
    func cost(_ algorithm: Algorithm) -> Double {
      let products = Double(convolution.multiplications(algorithm, size: size))
      guard algorithm != .direct else { return products }
      let inputs = Double(convolution.inputChannels)
      let outputs = Double(convolution.outputChannels)
      return products * (1 + 12 / inputs + 12 / outputs)
    }
    return ([.direct] + tiles.map(Algorithm.winograd)).min { cost($0) < cost($1) } ?? .direct
  }

  /// A pool of 2x2 with stride 2 becomes part of the Winograd convolution that it follows.
  private mutating func fusePools() {
    for index in layers.indices.reversed() {
      guard case .maximumPool(2, 2, 0) = layers[index].operation, let source = layers[index].input,
        let producer = layers.firstIndex(where: { $0.output == source }),
        case .convolution(var convolution) = layers[producer].operation,
        case .winograd = convolution.algorithm, convolution.dilation == 1
      else { continue }
      convolution.pooled = layers[index].output
      convolution.keepsOutput = layers.enumerated().contains {
        $0.offset != index && $0.element.input == source
      }
      layers[producer].operation = .convolution(convolution)
      layers.remove(at: index)
    }
  }

  /// Gives every map the zeros around it that its readers want.
  private mutating func setBorders() {
    for layer in layers {
      guard let input = layer.input else { continue }
      let size = maps[input].size
      let before: Int
      let after: Int
      switch layer.operation {
      case .convolution(let convolution):
        (before, after) = (convolution.padding, convolution.border(after: size))
      case .maximumPool(let kernelSize, let stride, let padding):
        before = padding
        after = max(0, (layer.outputSize - 1) * stride + kernelSize - padding - size)
      case .lengthNormalization: (before, after) = (0, 0)
      }
      maps[input].before = max(maps[input].before, before)
      maps[input].after = max(maps[input].after, after)
    }
  }
}
