import MultiBox

extension SSDConfiguration {
  /// SSD as the authors' Caffe code describes it, which most other implementations follow: priors at
  /// fixed steps, bytes minus a mean.
  ///
  /// Source: `examples/ssd/ssd_pascal.py`, `ssd_coco.py` and their 512 variants.
  ///
  /// - Parameters:
  ///   - imageSize: 300 or 512.
  ///   - hasSmallObjects: whether the priors are those for COCO.
  package static func authors(
    imageSize: Int, classes: ClassList, hasSmallObjects: Bool
  ) -> SSDConfiguration {
    let isLarge = imageSize == 512
    var configuration: SSDConfiguration =
      isLarge ? .ssd512(classes: classes) : .ssd300(classes: classes)
    let sizes: [Double] =
      switch (isLarge, hasSmallObjects) {
      case (false, false): [30, 60, 111, 162, 213, 264, 315]
      case (false, true): [21, 45, 99, 153, 207, 261, 315]
      case (true, false): [35.84, 76.8, 153.6, 230.4, 307.2, 384, 460.8, 537.6]
      case (true, true): [20.48, 51.2, 133.12, 215.04, 296.96, 378.88, 460.8, 542.72]
      }
    let steps: [Double] = isLarge ? [8, 16, 32, 64, 128, 256, 512] : [8, 16, 32, 64, 100, 300]
    for map in configuration.featureMaps.indices {
      let side = Double(imageSize)
      let hasThrees = configuration.featureMaps[map].priorsPerPosition == 6
      configuration.featureMaps[map].scale = sizes[map] / side
      configuration.featureMaps[map].extraScale =
        (sizes[map] / side * (sizes[map + 1] / side)).squareRoot()
      configuration.featureMaps[map].aspectRatios =
        hasThrees ? [1, 2, 0.5, 3, 1.0 / 3] : [1, 2, 0.5]
      configuration.featureMaps[map].step = steps[map]
    }
    configuration.normalization = .caffe
    configuration.clipsPriors = false
    configuration.limitsPriorSizes = false
    return configuration
  }

  /// Replaces the priors by those that a Caffe model describes.
  package mutating func take(
    _ layers: [String: CaffePriorLayer], of model: CaffeModel, notes: inout [String]
  ) throws {
    guard !layers.isEmpty else {
      notes.append("The file does not describe its priors; the authors' are assumed.")
      return
    }
    let side = Double(imageSize)
    for (map, source) in NameMap.caffeSources(self).enumerated() {
      let name = "\(source)_mbox_priorbox"
      func fail(_ what: String) -> WeightFileError {
        WeightFileError(model.url, .malformed("the prior layer `\(name)` \(what)"))
      }
      guard let layer = layers[name] else { throw fail("is missing") }
      guard layer.minimumSizes.count == 1, layer.maximumSizes.count <= 1 else {
        throw fail("has \(layer.minimumSizes.count) sizes for each position instead of one")
      }
      let numbers =
        layer.minimumSizes + layer.maximumSizes + layer.aspectRatios
        + layer.variances + (layer.step.map { [$0] } ?? [])
      guard numbers.allSatisfy({ $0.isFinite && $0 > 0 }), layer.offset == 0.5 else {
        throw fail("has sizes, ratios, variances or centres that are not usable here")
      }
      let scale = Double(layer.minimumSizes[0]) / side
      featureMaps[map].scale = scale
      featureMaps[map].extraScale = layer.maximumSizes.first.map {
        (scale * Double($0) / side).squareRoot()
      }
      featureMaps[map].aspectRatios =
        [1] + layer.aspectRatios.map(Double.init).flatMap { layer.flips ? [$0, 1 / $0] : [$0] }
      featureMaps[map].step = layer.step.map(Double.init)
      clipsPriors = layer.clips
      if layer.variances.count == 4 {
        variances = Variances(center: layer.variances[0], size: layer.variances[2])
      }
    }
  }
}

extension ClassList {
  /// COCO's 90 category ids as classes. The ten ids that no category has are called `N/A` and their
  /// number.
  public static let cocoIdentifiers: ClassList = {
    let unused: Set = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
    var labels = ClassList.coco.labels.makeIterator()
    return ClassList(
      (1...90).map { unused.contains($0) ? "N/A \($0)" : labels.next() ?? "N/A \($0)" })
  }()
}
