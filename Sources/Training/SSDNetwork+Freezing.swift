import SSD
import Torch

extension SSDNetwork {
  /// Keeps layers as they are: their weights get no gradients, their batch normalisations neither use
  /// nor update the batch's statistics.
  ///
  /// - Parameter names: of layers (`conv4_3`, with its normalisation), blocks (`conv4`) or parts
  ///   (`base`).
  /// - Throws: ``TrainingError/unknownLayer(_:available:)``, ``TrainingError/everythingFrozen``.
  func freeze(_ names: [String]) throws {
    let layers = layers(under: self, path: [])
    for name in names {
      let matching = layers.filter { $0.path.contains { Self.name($0, isPartOf: name) } }
      guard !matching.isEmpty else {
        throw TrainingError.unknownLayer(
          name, available: layers.map(\.path.last!).filter { $0.contains("conv") })
      }
      for layer in matching {
        for (_, parameter) in layer.module.parameters { parameter.setRequiresGradient(false) }
        (layer.module as? BatchNorm2d)?.isFrozen = true
      }
    }
    // The factors of conv4_3's normalisation are in no layer, and nothing to train alone.
    let learning = layers.flatMap(\.module.parameters).filter(\.tensor.requiresGradient)
    guard !learning.isEmpty else { throw TrainingError.everythingFrozen }
  }

  /// The modules without modules in them, and the names that lead there.
  private func layers(
    under module: any Module, path: [String]
  ) -> [(path: [String], module: any Module)] {
    module.children.flatMap { name, child -> [(path: [String], module: any Module)] in
      guard case .module(let inner) = child else { return [] }
      let deeper = layers(under: inner, path: path + [name])
      return deeper.isEmpty ? [(path + [name], inner)] : deeper
    }
  }

  /// Whether a component of a name is the given one, in its block, or its batch normalisation: `bn1_2`
  /// is part of `conv1_2` and of `conv1`.
  private static func name(_ component: String, isPartOf given: String) -> Bool {
    let convolution = component.hasPrefix("bn") ? "conv" + component.dropFirst(2) : component
    return convolution == given || convolution.hasPrefix(given + "_")
  }
}
