import Foundation
import SSD
import TestSupport
import Torch

extension HashTensor {
  static func tensor(_ shape: [Int], layer: UInt32, factor: Float = 1) -> Tensor {
    Tensor(values(shape.reduce(1, *), layer: layer).map { $0 * factor }, shape: shape)
  }

  /// Gives every parameter its hashed value.
  static func fill(_ network: SSDNetwork, predictionFactor: Float = 1) throws {
    let parameters = Dictionary(uniqueKeysWithValues: network.parameters)
    for entry in try HashTensor.parameters() where entry.name != "rescale_factors" {
      var value = Tensor(entry.values, shape: entry.shape)
      if entry.name.hasPrefix("pred_convs") { value = value * Double(predictionFactor) }
      guard let parameter = parameters[entry.name], parameter.shape == entry.shape else {
        throw TorchError("the network has no \(entry.name)\(entry.shape)")
      }
      parameter.assign(value)
    }
  }
}

func resource(_ name: String) -> URL {
  Bundle.module.bundleURL.appending(path: "Resources/\(name)")
}
