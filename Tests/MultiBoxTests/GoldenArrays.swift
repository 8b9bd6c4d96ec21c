import Foundation
import MultiBox
import Testing
import Weights

/// Arrays that other implementations computed.
struct GoldenArrays {
  private let arrays: SafeTensors

  init(_ name: String) throws {
    arrays = try SafeTensors(
      contentsOf: #require(
        Bundle.module.url(forResource: "Resources/\(name)", withExtension: "safetensors")))
  }

  func floats(_ name: String) throws -> [Float] { try arrays.floats(name) }

  func integers(_ name: String) throws -> [Int] { try arrays.integers(name).map { Int($0) } }

  /// An array of shape (count, 4) as boxes by their boundaries.
  func boundaryBoxes(_ name: String) throws -> [BoundingBox] {
    try rows(name).map { BoundingBox(xMin: $0[0], yMin: $0[1], xMax: $0[2], yMax: $0[3]) }
  }

  /// An array of shape (count, 4) as boxes by centre and size.
  func centerSizeBoxes(_ name: String) throws -> [CenterSizeBox] {
    try rows(name).map {
      CenterSizeBox(centerX: $0[0], centerY: $0[1], width: $0[2], height: $0[3])
    }
  }

  /// An array of shape (count, 4) as offsets.
  func offsets(_ name: String) throws -> [Offsets] {
    try rows(name).map { Offsets(centerX: $0[0], centerY: $0[1], width: $0[2], height: $0[3]) }
  }

  private func rows(_ name: String) throws -> [[Float]] {
    let floats = try arrays.floats(name)
    return stride(from: 0, to: floats.count, by: 4).map { Array(floats[$0..<$0 + 4]) }
  }
}

/// Four numbers that are compared one by one.
protocol FourNumbers {
  var numbers: [Float] { get }
}

extension BoundingBox: FourNumbers {
  var numbers: [Float] { [xMin, yMin, xMax, yMax] }
}

extension CenterSizeBox: FourNumbers {
  var numbers: [Float] { [centerX, centerY, width, height] }
}

extension Offsets: FourNumbers {
  var numbers: [Float] { [centerX, centerY, width, height] }
}

/// The greatest difference between two lists, absolute up to 1 and relative above.
func greatestDifference<Value: FourNumbers>(_ measured: [Value], _ expected: [Value]) -> Float {
  guard measured.count == expected.count else { return .infinity }
  let differences = zip(measured.flatMap(\.numbers), expected.flatMap(\.numbers)).map {
    measured, expected in
    abs(measured - expected) / max(1, abs(expected))
  }
  // Not a number would be lost in a maximum.
  return differences.allSatisfy(\.isFinite) ? differences.max() ?? 0 : .infinity
}
