import Foundation
import MultiBox
import TestSupport
import Weights

/// Writes a model of this configuration to a temporary file and opens it.
///
/// - Parameter values: of each parameter, by name and shape.
func withModel<Result>(
  _ configuration: SSDConfiguration, values: (String, [Int]) throws -> [Float],
  _ body: (ImportedModel) throws -> Result
) throws -> Result {
  try withModel(
    configuration,
    parameters: configuration.parameterShapes.map { name, shape in
      (name, StoredTensor(floats: try values(name, shape), shape: shape))
    }, body)
}

/// Writes a model of this configuration, possible or not, to a temporary file and opens it.
func withModel<Result>(
  _ configuration: SSDConfiguration, parameters: [(name: String, tensor: StoredTensor)],
  _ body: (ImportedModel) throws -> Result
) throws -> Result {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "model.safetensors")
    try SafeTensors.write(
      parameters,
      metadata: [
        "format": "swift-ssd",
        "configuration": String(
          decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
      ],
      to: url)
    return try body(ImportedModel(contentsOf: url))
  }
}

/// The reference network: SSD300 with hashed weights.
func withReferenceModel<Result>(_ body: (ImportedModel) throws -> Result) throws -> Result {
  let parameters = Dictionary(
    uniqueKeysWithValues: try HashTensor.parameters().map { ($0.name, $0.values) })
  return try withModel(.ssd300(classes: .voc), values: { name, _ in parameters[name]! }, body)
}

/// Weights of which every layer keeps the scale of its input: kernels after He et al., normalisations
/// that do something.
func hashedValues(_ name: String, _ shape: [Int]) -> [Float] {
  let layer = UInt32(truncatingIfNeeded: name.utf8.reduce(17) { $0 &* 31 &+ Int($1) })
  let values = HashTensor.values(shape.reduce(1, *), layer: layer)
  if name == "rescale_factors" { return values.map { 20 + $0 } }
  if name.hasSuffix("running_var") { return values.map { 1 + 0.5 * $0 } }
  if name.contains(".bn"), name.hasSuffix(".weight") { return values.map { 1 + 0.3 * $0 } }
  guard shape.count == 4 else { return values.map { $0 * 0.1 } }
  let reach = Float((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
  return values.map { $0 * reach }
}

/// The largest difference, as a fraction of the largest magnitude: single outputs pass through zero.
func relativeDifference(_ values: [Float], _ expected: [Float]) -> Float {
  guard values.count == expected.count else { return .infinity }
  let scale = expected.lazy.map(abs).max() ?? 0
  let worst = zip(values, expected).lazy.map { abs($0 - $1) }.reduce(0) {
    $1.isNaN ? .infinity : max($0, $1)
  }
  return worst / scale
}
