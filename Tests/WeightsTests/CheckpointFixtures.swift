import Foundation
import TestSupport
import Testing
import Weights

/// What the fixtures say about a tensor.
struct ExpectedTensor: Decodable {
  var shape: [Int]
  var sum: Double
  var first: [Float]
  var last: Float
}

/// The JSON file that describes a checkpoint fixture.
func fixtureJSON<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
  try JSONDecoder().decode(
    type, from: Data(contentsOf: Fixtures.url("checkpoints/\(name)")))
}

/// Compares a tensor with what its fixture says about it.
func expectEqual(
  _ tensor: StoredTensor, _ expected: ExpectedTensor, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(tensor.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
  let values = try tensor.floats()
  #expect(
    Array(values.prefix(expected.first.count)) == expected.first, "\(name)",
    sourceLocation: sourceLocation)
  #expect(values.last == expected.last, "\(name)", sourceLocation: sourceLocation)
  var sum = 0.0
  values.withUnsafeBufferPointer { for value in $0 { sum += Double(value) } }
  #expect(
    abs(sum - expected.sum) <= 1e-9 * Double(values.count), "\(name): \(sum)",
    sourceLocation: sourceLocation)
}
