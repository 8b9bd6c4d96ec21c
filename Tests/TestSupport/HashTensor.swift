import Foundation

/// Arrays that are a pure function of position, so that networks can be compared across languages
/// without shipping their weights. The rule stands in `network_parameters.json`'s source: the index,
/// displaced by the layer's number, through the finaliser of murmur3.
public enum HashTensor {
  /// Values in [-1, 1).
  public static func values(_ count: Int, layer: UInt32) -> [Float] {
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

  /// A parameter of the reference network.
  public struct Parameter: Decodable {
    /// Under PyTorch's names.
    public let name: String
    /// The length of every dimension.
    public let shape: [Int]
    /// The number that displaces its indices.
    public let layer: UInt32

    /// Kernels within ±sqrt(6 / fan in), biases within ±0.05, rescale factors 20.
    public var values: [Float] {
      let count = shape.reduce(1, *)
      if name == "rescale_factors" { return [Float](repeating: 20, count: count) }
      let factor =
        shape.count >= 2
        ? Float((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()) : 0.05
      return HashTensor.values(count, layer: layer).map { $0 * factor }
    }
  }

  /// The parameters of SSD300 with 20 classes.
  public static func parameters() throws -> [Parameter] {
    try JSONDecoder().decode(
      [Parameter].self, from: Data(contentsOf: resource("network_parameters.json")))
  }

  /// A resource of SSDTests, which other tests read in its place.
  public static func resource(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "SSDTests/Resources/\(name)")
  }
}
