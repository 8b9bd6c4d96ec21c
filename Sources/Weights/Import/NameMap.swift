import MultiBox

/// What another implementation calls our parameters, and how it stores them.
struct NameMap {
  /// What a stored tensor needs before it is ours.
  enum Change {
    case none
    /// A plain vector that becomes (1, channels, 1, 1).
    case perChannel
    /// A first kernel for blue, green, red.
    case reversedInputs
    /// A fully connected layer that becomes a convolution with the middle rows and columns left out.
    case decimated(Decimation)
  }

  private(set) var entries: [(ours: String, theirs: String, change: Change)] = []

  /// What the layout calls a parameter; its own name where it has none.
  func theirs(_ ours: String) -> String {
    entries.first { $0.ours == ours }?.theirs ?? ours
  }

  private mutating func add(_ ours: String, _ theirs: String, _ change: Change = .none) {
    entries.append((ours, theirs, change))
  }

  /// Weight and bias of a layer.
  private mutating func addLayer(
    _ ours: String, _ theirs: String, weight: Change = .none, bias: Change = .none
  ) {
    add(ours + ".weight", theirs + ".weight", weight)
    add(ours + ".bias", theirs + ".bias", bias)
  }

  // MARK: Bases

  private static let convolutions = VGG16().layers.filter { $0.operation.convolution != nil }.map(
    \.name)
  /// The positions of VGG-16's convolutions among its layers, when ReLU and pooling count as well:
  /// conv1_1 to conv5_3, then conv6 and conv7 where they have been appended.
  private static let positions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33]
  /// The same when batch normalisations count as well; each follows its convolution.
  private static let normalizedPositions = [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40]

  /// conv1_1 to conv5_3 as `PREFIX.N`, fc6 and fc7 whole.
  static func wholeVGG(
    _ prefix: String, fc6: String, fc7: String, hasBatchNormalization: Bool
  ) -> NameMap {
    var map = NameMap()
    let positions = hasBatchNormalization ? normalizedPositions : positions
    for (name, position) in zip(convolutions.dropLast(2), positions) {
      map.addLayer("base.\(name)", "\(prefix).\(position)")
      guard hasBatchNormalization else { continue }
      for part in ["weight", "bias", "running_mean", "running_var"] {
        map.add(
          "base.\(NetworkLayer.batchNormalizationName(for: name)).\(part)",
          "\(prefix).\(position + 1).\(part)")
      }
    }
    map.addLayer(
      "base.conv6", fc6, weight: .decimated(.conv6), bias: .decimated(.conv6))
    map.addLayer(
      "base.conv7", fc7, weight: .decimated(.conv7), bias: .decimated(.conv7))
    return map
  }

  /// conv1_1 to conv7 as `PREFIXN`.
  static func reducedVGG(_ prefix: String) -> NameMap {
    var map = NameMap()
    for (name, position) in zip(convolutions, positions) {
      map.addLayer("base.\(name)", "\(prefix)\(position)")
    }
    return map
  }

  /// Caffe's own names; the first kernel is for blue, green, red.
  static func caffeVGG(isWhole: Bool) -> NameMap {
    var map = NameMap()
    for name in convolutions.dropLast(2) {
      map.addLayer("base.\(name)", name, weight: name == "conv1_1" ? .reversedInputs : .none)
    }
    map.addLayer(
      "base.conv6", "fc6", weight: isWhole ? .decimated(.conv6) : .none,
      bias: isWhole ? .decimated(.conv6) : .none)
    map.addLayer(
      "base.conv7", "fc7", weight: isWhole ? .decimated(.conv7) : .none,
      bias: isWhole ? .decimated(.conv7) : .none)
    return map
  }

  /// A backbone under the names that it has in torchvision, which are ours without the prefix.
  static func torchvision(_ base: BaseNetwork) -> NameMap {
    var map = NameMap()
    for name in base.parameterShapes(imageSize: 300).map(\.name) {
      map.add(name, String(name.dropFirst(NetworkLayer.Part.base.prefix.count)))
    }
    return map
  }

  // MARK: Whole models

  /// Our own names.
  static func identity(_ names: [String]) -> NameMap {
    var map = NameMap()
    for name in names { map.add(name, name) }
    return map
  }

  /// ssd.pytorch and lufficc's SSD differ in prefixes only.
  private static func ssdPyTorch(
    _ configuration: SSDConfiguration, backbone: String, norm: String, locations: String,
    scores: String
  ) -> NameMap {
    var map = reducedVGG("\(backbone)vgg.")
    map.add("rescale_factors", norm, .perChannel)
    for (index, name) in auxiliaryLayers(configuration).enumerated() {
      map.addLayer("aux_convs.\(name)", "\(backbone)extras.\(index)")
    }
    for (index, feature) in configuration.featureMaps.enumerated() {
      map.addLayer("pred_convs.loc_\(feature.name)", "\(locations).\(index)")
      map.addLayer("pred_convs.cl_\(feature.name)", "\(scores).\(index)")
    }
    return map
  }

  static func amdegroot(_ configuration: SSDConfiguration) -> NameMap {
    ssdPyTorch(
      configuration, backbone: "", norm: "L2Norm.weight", locations: "loc", scores: "conf")
  }

  static func lufficc(_ configuration: SSDConfiguration) -> NameMap {
    ssdPyTorch(
      configuration, backbone: "backbone.", norm: "backbone.l2_norm.weight",
      locations: "box_head.predictor.reg_headers", scores: "box_head.predictor.cls_headers")
  }

  static func torchvisionSSD(_ configuration: SSDConfiguration) -> NameMap {
    var map = NameMap()
    let upTo4 = zip(convolutions, positions).prefix { !$0.0.hasPrefix("conv5") }
    for (name, position) in upTo4 { map.addLayer("base.\(name)", "backbone.features.\(position)") }
    for (name, position) in zip(["conv5_1", "conv5_2", "conv5_3"], [1, 3, 5]) {
      map.addLayer("base.\(name)", "backbone.extra.0.\(position)")
    }
    map.addLayer("base.conv6", "backbone.extra.0.7.1")
    map.addLayer("base.conv7", "backbone.extra.0.7.3")
    map.add("rescale_factors", "backbone.scale_weight", .perChannel)
    for (index, block) in configuration.auxiliary.enumerated() {
      let names = block.layerNames
      map.addLayer("aux_convs.\(names.squeeze)", "backbone.extra.\(index + 1).0")
      map.addLayer("aux_convs.\(names.map)", "backbone.extra.\(index + 1).2")
    }
    for (index, feature) in configuration.featureMaps.enumerated() {
      map.addLayer(
        "pred_convs.loc_\(feature.name)", "head.regression_head.module_list.\(index)")
      map.addLayer(
        "pred_convs.cl_\(feature.name)", "head.classification_head.module_list.\(index)")
    }
    return map
  }

  /// Caffe counts the auxiliary layers from conv6 on, since it calls conv6 and conv7 fc6 and fc7.
  static func caffeSSD(_ configuration: SSDConfiguration) -> NameMap {
    var map = caffeVGG(isWhole: false)
    map.add("rescale_factors", "conv4_3_norm.weight", .perChannel)
    for (index, block) in configuration.auxiliary.enumerated() {
      for part in ["_1", "_2"] {
        map.addLayer("aux_convs.\(block.name)\(part)", "conv\(index + 6)\(part)")
      }
    }
    for (feature, source) in zip(configuration.featureMaps, caffeSources(configuration)) {
      map.addLayer("pred_convs.loc_\(feature.name)", "\(source)_mbox_loc")
      map.addLayer("pred_convs.cl_\(feature.name)", "\(source)_mbox_conf")
    }
    return map
  }

  /// What Caffe calls the layers that the feature maps come from.
  static func caffeSources(_ configuration: SSDConfiguration) -> [String] {
    ["conv4_3_norm", "fc7"] + configuration.auxiliary.indices.map { "conv\($0 + 6)_2" }
  }

  private static func auxiliaryLayers(_ configuration: SSDConfiguration) -> [String] {
    configuration.auxiliary.flatMap { [$0.layerNames.squeeze, $0.layerNames.map] }
  }
}
