import MultiBox

extension SSDConfiguration {
  /// Multiplications and additions of all convolutions for one image, forwards.
  public var operations: Double {
    2 * convolutionCounts.reduce(0) { $0 + $1.count }
  }

  /// Multiplications and additions for one image of a training step: forwards, and backwards for the
  /// weights and for the inputs, of which the image needs none.
  public var trainingOperations: Double {
    let ofFirst = convolutionCounts.first { $0.name == "base.conv1_1.weight" }
    return 3 * operations - 2 * (ofFirst?.count ?? 0)
  }

  private var convolutionCounts: [(name: String, count: Double)] {
    parameterShapes.compactMap { name, shape in
      guard shape.count == 4, name.hasSuffix(".weight") else { return nil }
      let layer = name.split(separator: ".").dropLast().last.map(String.init) ?? ""
      let side = Double(size(ofOutput: layer))
      return (name, shape.reduce(1) { $0 * Double($1) } * side * side)
    }
  }

  /// Width and height of what a layer puts out.
  private func size(ofOutput layer: String) -> Int {
    let parts = layer.split(separator: "_", maxSplits: 1).map(String.init)
    if ["loc", "cl"].contains(parts[0]) {
      return featureMaps.first { $0.name == parts[1] }?.size ?? 0
    }
    // pool3 rounds up, pool5 changes nothing.
    let (first, second) = (imageSize, imageSize / 2)
    let third = second / 2
    let sizes = [
      "conv1": first, "conv2": second, "conv3": third, "conv4": (third + 1) / 2,
      "conv5": (third + 1) / 2 / 2,
    ]
    if let size = sizes[parts[0]] { return size }
    if ["conv6", "conv7"].contains(layer) { return sizes["conv5"]! }
    guard let map = featureMaps.firstIndex(where: { $0.name == parts[0] + "_2" }), map > 0 else {
      return 0
    }
    return featureMaps[parts[1] == "1" ? map - 1 : map].size
  }
}
