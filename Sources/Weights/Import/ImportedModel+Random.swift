import Foundation
import MultiBox

extension ImportedModel {
  /// A model without training, for measuring speed: its weights have the spread that keeps values from
  /// growing or vanishing from layer to layer (He et al., 2015), the same every time.
  public init(randomWeightsFor configuration: SSDConfiguration) {
    url = URL(filePath: configuration.name)
    layout = .swiftSSD
    self.configuration = configuration
    notes = []
    metadata = [:]
    let graph = configuration.graph
    let scales = Dictionary(
      uniqueKeysWithValues: graph.layers.compactMap { layer -> (String, Float)? in
        guard case .l2Normalization(let normalization) = layer.operation else { return nil }
        return layer.scaleName.map { ($0, Float(normalization.initialScale)) }
      })
    parameters = Dictionary(
      uniqueKeysWithValues: graph.parameterShapes.enumerated().map { layer, parameter in
        let tensor = Self.random(
          parameter.name, parameter.shape, scale: scales[parameter.name], layer: UInt64(layer))
        return (parameter.name, tensor)
      })
  }

  /// - Parameter scale: the value of an L2 normalization's factors; nil for other parameters.
  private static func random(
    _ name: String, _ shape: [Int], scale: Float?, layer: UInt64
  ) -> StoredTensor {
    let count = shape.reduce(1, *)
    // Batch normalizations that change nothing, and no biases.
    let constant: Float? =
      if let scale {
        scale
      } else if shape.count == 1 {
        name.hasSuffix(".weight") || name.hasSuffix(".running_var") ? 1 : 0
      } else {
        nil
      }
    if let constant {
      return StoredTensor(floats: Array(repeating: constant, count: count), shape: shape)
    }
    let bound = Float(6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    return StoredTensor(shape: shape, scalarType: .float32) { body in
      // Knuth's linear congruential generator: cheap, since 26 million numbers are wanted.
      var state = layer &* 0x9E37_79B9_7F4A_7C15
      let values = (0..<count).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Float(state >> 40) * 0x1p-23 - 1) * bound
      }
      try values.withUnsafeBytes(body)
    }
  }
}
