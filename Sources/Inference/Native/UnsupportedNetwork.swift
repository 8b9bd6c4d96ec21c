/// A network that libtorch computes and the native engine does not, such as one whose maps are too large for
/// offsets of 32 bits.
public struct UnsupportedNetwork: Error, Hashable, Sendable, CustomStringConvertible {
  /// The first layer that the engine has no kernel for.
  public let layer: String
  /// What the kernels say about its shape.
  public let reason: String

  /// The layer, and what to do.
  public var description: String {
    "the native engine cannot compute `\(layer)`: \(reason); libtorch may (TorchPredictor)"
  }
}
