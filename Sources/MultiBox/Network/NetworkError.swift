/// Why no network can be made of a list of layers; names the layer.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The layer, the auxiliary block or the feature map at fault; nil where it is the whole network.
  public let layer: String?
  /// What is wrong.
  public let reason: String

  init(_ layer: String? = nil, _ reason: String) {
    self.layer = layer
    self.reason = reason
  }

  /// What is wrong, and where.
  public var description: String { layer.map { "`\($0)`: \(reason)" } ?? reason }
}
