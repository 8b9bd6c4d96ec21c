import MultiBox

extension BaseNetwork {
  /// The convolutions of VGG-16 up to conv7: name, input and output channels, kernel size.
  var convolutions: [(name: String, inputs: Int, outputs: Int, kernel: Int)] {
    var layers: [(name: String, inputs: Int, outputs: Int, kernel: Int)] = []
    var inputs = 3
    for (block, (channels, depth)) in zip(blockChannels, Self.blockDepths).enumerated() {
      for layer in 1...depth {
        layers.append(("conv\(block + 1)_\(layer)", inputs, channels, 3))
        inputs = channels
      }
    }
    layers.append(("conv6", inputs, convolutionalChannels, 3))
    layers.append(("conv7", convolutionalChannels, convolutionalChannels, 1))
    return layers
  }

  /// Name and shape of every parameter, under `base.`.
  public var parameterShapes: [(name: String, shape: [Int])] {
    convolutions.flatMap { layer in
      SSDConfiguration.convolution(
        "base.", layer.name, layer.inputs, layer.outputs, layer.kernel,
        hasBatchNormalization: hasBatchNormalization)
    }
  }

  /// Name and shape of the parameters that a file of the base must have, given which it has: those of
  /// the first convolutions until one is missing, and of their normalisations where there are any.
  func parameterShapes(of isThere: (String) -> Bool) -> [(name: String, shape: [Int])] {
    convolutions.prefix { isThere("base.\($0.name).weight") }.flatMap { layer in
      SSDConfiguration.convolution(
        "base.", layer.name, layer.inputs, layer.outputs, layer.kernel,
        hasBatchNormalization: hasBatchNormalization
          && isThere("base.bn\(layer.name.dropFirst("conv".count)).weight"))
    }
  }
}

extension SSDConfiguration {
  /// Name and shape of every parameter and buffer of the network, the names being those of the PyTorch
  /// tutorial.
  ///
  /// Batch normalisations are counted without `num_batches_tracked`, which nothing depends on.
  public var parameterShapes: [(name: String, shape: [Int])] {
    // A configuration may come from a file whose lists do not have the lengths a network needs.
    let rescaled = base.blockChannels.count > 3 ? base.blockChannels[3] : 0
    var shapes: [(name: String, shape: [Int])] = [("rescale_factors", [1, rescaled, 1, 1])]
    shapes += base.parameterShapes
    var channels = ["conv4_3": rescaled, "conv7": base.convolutionalChannels]
    var inputs = base.convolutionalChannels
    for block in auxiliary {
      for (suffix, from, to, kernel) in [
        ("_1", inputs, block.bottleneckChannels, 1),
        ("_2", block.bottleneckChannels, block.channels, block.kernelSize),
      ] {
        shapes += Self.convolution(
          "aux_convs.", block.name + suffix, from, to, kernel,
          hasBatchNormalization: base.hasBatchNormalization)
      }
      inputs = block.channels
      channels[block.name + "_2"] = block.channels
    }
    for (prefix, columns) in [("loc", 4), ("cl", scoreCount)] {
      for map in featureMaps {
        shapes += Self.convolution(
          "pred_convs.", "\(prefix)_\(map.name)", channels[map.name] ?? 0,
          map.priorsPerPosition * columns, 3, hasBatchNormalization: false)
      }
    }
    return shapes
  }

  fileprivate static func convolution(
    _ prefix: String, _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: Int,
    hasBatchNormalization: Bool
  ) -> [(name: String, shape: [Int])] {
    var shapes = [
      (name: "\(prefix)\(name).weight", shape: [outputs, inputs, kernel, kernel]),
      (name: "\(prefix)\(name).bias", shape: [outputs]),
    ]
    if hasBatchNormalization {
      let normalization = "\(prefix)bn\(name.dropFirst("conv".count))"
      for part in ["weight", "bias", "running_mean", "running_var"] {
        shapes.append(("\(normalization).\(part)", [outputs]))
      }
    }
    return shapes
  }
}
