import Foundation
import MultiBox
import TestSupport
import Weights

/// A network of another implementation: its parameters by the rule of `Tests/Fixtures/README.md`, and
/// what it computes for a hashed image.
struct GoldenBackbone {
  private struct Description: Decodable {
    var parameters: [Parameter]
    var weight_factor: Float
  }

  private struct Parameter: Decodable {
    var name: String
    var shape: [Int]
    var kind: String
    var layer: UInt32
  }

  /// The parameters and buffers in the implementation's order, without `num_batches_tracked`.
  let parameters: [(name: String, shape: [Int], values: [Float])]
  /// What the network computes.
  let outputs: SafeTensors

  init(_ name: String) throws {
    let description = try JSONDecoder().decode(
      Description.self, from: Data(contentsOf: Fixtures.url("backbones/\(name).json")))
    parameters = description.parameters.filter { $0.kind != "num_batches_tracked" }.map {
      let values = HashTensor.values($0.shape.reduce(1, *), layer: $0.layer)
      let fanIn = $0.shape.dropFirst().reduce(1, *)
      let bound = Float((6 / Double(fanIn)).squareRoot())
      let made: [Float] =
        switch $0.kind {
        case "bias": values.map { $0 * 0.05 }
        case "bn_weight": values.map { 1 + 0.2 * $0 }
        case "bn_bias", "running_mean": values.map { 0.1 * $0 }
        case "running_var": values.map { 1 + 0.5 * $0 }
        default: values.map { $0 * bound * description.weight_factor }
        }
      return ($0.name, $0.shape, made)
    }
    outputs = try SafeTensors(
      contentsOf: Fixtures.url("backbones/\(name)_forward.safetensors"))
  }

  /// The hashed image, (1, 3, size, size), normalized.
  static func image(size: Int) -> [Float] {
    HashTensor.values(3 * size * size, layer: 777).map { $0 * 2 }
  }
}

/// The largest difference, as a fraction of the largest magnitude that is expected.
func relativeError(_ values: [Float], _ expected: [Float]) -> Float {
  guard values.count == expected.count else { return .infinity }
  let scale = expected.lazy.map(abs).max() ?? 0
  let worst = zip(values, expected).lazy.map { abs($0 - $1) }.reduce(0) {
    $1.isNaN ? .infinity : max($0, $1)
  }
  return scale > 0 ? worst / scale : worst
}
