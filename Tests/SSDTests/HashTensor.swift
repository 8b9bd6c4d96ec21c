import Foundation
import SSD
import Torch

/// Tensors that are a pure function of position, so that networks can be compared across languages
/// without shipping their weights. The rule stands in `network_parameters.json`'s source: the index,
/// displaced by the layer's number, through the finaliser of murmur3.
enum HashTensor {
  /// Values in [-1, 1).
  static func values(_ count: Int, layer: UInt32) -> [Float] {
    let displacement = 0x9E37_79B9 &* layer
    return (0..<UInt32(count)).map { index in
      var i = index &+ displacement
      i ^= i >> 16
      i &*= 0x85EB_CA6B
      i ^= i >> 13
      i &*= 0xC2B2_AE35
      i ^= i >> 16
      return Float(i >> 8) * 0x1p-23 - 1
    }
  }

  static func tensor(_ shape: [Int], layer: UInt32, factor: Float = 1) -> Tensor {
    Tensor(values(shape.reduce(1, *), layer: layer).map { $0 * factor }, shape: shape)
  }

  /// Gives every parameter its hashed value: kernels within ±sqrt(6 / fan in), biases within ±0.05,
  /// rescale factors 20.
  static func fill(_ network: SSDNetwork, predictionFactor: Float = 1) throws {
    struct Entry: Decodable {
      let name: String
      let shape: [Int]
      let layer: UInt32
    }
    let entries = try JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: resource("network_parameters.json")))
    let parameters = Dictionary(uniqueKeysWithValues: network.parameters)
    for entry in entries where entry.name != "rescale_factors" {
      let factor =
        entry.shape.count >= 2
        ? Float((6 / Double(entry.shape.dropFirst().reduce(1, *))).squareRoot()) : 0.05
      var value = tensor(entry.shape, layer: entry.layer, factor: factor)
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
