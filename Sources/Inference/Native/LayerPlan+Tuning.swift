extension LayerPlan {
  /// Chooses the algorithm of every convolution, joins pools with the convolutions before them where
  /// the algorithm computes whole pooling windows at once, and finds out which borders maps need.
  ///
  /// - Parameters:
  ///   - hasManyRegisters: whether there are 32 for vectors. The transforms of F(6x6) keep 64 values;
  ///     with 16 registers they cost more than they save.
  ///   - packing: when weights are packed.
  mutating func tune(hasManyRegisters: Bool, packing: NativePredictor.Packing = .once) {
    for index in layers.indices {
      guard case .convolution(var convolution) = layers[index].operation else { continue }
      convolution.algorithm = algorithm(
        convolution, layers[index], hasManyRegisters: hasManyRegisters, packing: packing)
      layers[index].operation = .convolution(convolution)
    }
    fusePools()
    setBorders()
  }

  /// How far Winograd's convolutions are off, by tile size: in the Euclidean sense, relative to the
  /// definition in double precision, the worst of SSD300's layers. Benchmarks/layers measures it; it
  /// differs little from layer to layer.
  private static let errors: [Element: [Int: Double]] = [
    .float32: [2: 7.4e-7, 4: 2.6e-6, 6: 1.1e-5],
    .bfloat16: [2: 3.9e-3, 4: 1.0e-2, 6: 4.6e-2],
    .uint8: [2: 1.3e-3, 4: 7.4e-3],
  ]

  /// The errors that are worth their speed. Of bytes it is what the direct product loses, because that
  /// rounds weights to bytes too.
  private static let tolerances: [Element: Double] = [
    .float32: 1e-4, .bfloat16: 1.5e-2, .uint8: 9e-3,
  ]

  /// Winograd's tile sizes that may be used for a type of map.
  private static func tiles(_ element: Element, hasManyRegisters: Bool) -> [Int] {
    let tolerance = tolerances[element, default: 0]
    return errors[element, default: [:]].filter { tile, error in
      error <= tolerance && (tile < 6 || hasManyRegisters)
    }.keys.sorted()
  }

  /// The cheapest algorithm, by multiply-adds.
  private func algorithm(
    _ convolution: Convolution, _ layer: Layer, hasManyRegisters: Bool,
    packing: NativePredictor.Packing
  ) -> Algorithm {
    guard let input = layer.input, convolution.kernelSize == 3, convolution.stride == 1,
      convolution.groups == 1
    else { return .direct }
    let element = maps[input].element
    let tiles = Self.tiles(element, hasManyRegisters: hasManyRegisters)
    let size = maps[input].size
    /// In multiply-adds for each pair of an input and an output channel. Transforms move each element
    /// of a tile twice, for every input and every output channel. A weight costs as much as some
    /// sixteen multiply-adds before it has come from memory, which decides on small maps, and as some
    /// forty-five where it has to be packed first.
    let weight: Double = packing == .once ? 16 : 45
    func cost(_ algorithm: Algorithm) -> Double {
      let products = Double(convolution.multiplications(algorithm, size: size))
      switch algorithm {
      case .direct:
        let weights = weight * Double(convolution.kernelSize * convolution.kernelSize)
        // Winograd multiplies words where a direct convolution multiplies bytes, two for one.
        return (products + weights) / (element == .uint8 ? 2 : 1)
      case .winograd(let tile):
        let transforms =
          12 / Double(convolution.inputChannels)
          + 12 / Double(convolution.outputChannels)
        return products * (1 + transforms) + weight * Double((tile + 2) * (tile + 2))
      }
    }
    return ([.direct] + tiles.map(Algorithm.winograd)).min { cost($0) < cost($1) } ?? .direct
  }

  /// A pool of 2x2 with stride 2 becomes part of the Winograd convolution that it follows.
  private mutating func fusePools() {
    for index in layers.indices.reversed() {
      guard case .maximumPooling(let pooling) = layers[index].operation,
        pooling.kernelSize == 2, pooling.stride == 2, pooling.padding == 0,
        let source = layers[index].input,
        let producer = layers.firstIndex(where: { $0.output == source }),
        case .convolution(var convolution) = layers[producer].operation,
        case .winograd = convolution.algorithm, convolution.dilation == 1
      else { continue }
      convolution.pooled = layers[index].output
      convolution.keepsOutput = layers.enumerated().contains {
        $0.offset != index && $0.element.inputs.contains(source)
      }
      layers[producer].operation = .convolution(convolution)
      layers.remove(at: index)
    }
  }

  /// Gives every map the zeros around it that its readers want.
  private mutating func setBorders() {
    for layer in layers {
      let size = layer.input.map { maps[$0].size } ?? imageSize
      let before: Int
      let after: Int
      switch layer.operation {
      case .convolution(let convolution):
        (before, after) = (convolution.padding.before, convolution.border(after: size))
      case .maximumPooling(let pooling):
        before = pooling.padding.before
        after = max(
          0,
          (layer.outputSize - 1) * pooling.stride + pooling.kernelSize - before - size)
      case .addition, .channelScaling, .globalAverage, .l2Normalization: (before, after) = (0, 0)
      }
      if let input = layer.input {
        maps[input].before = max(maps[input].before, before)
        maps[input].after = max(maps[input].after, after)
      } else {
        imageBefore = max(imageBefore, before)
        imageAfter = max(imageAfter, after)
      }
    }
  }
}
