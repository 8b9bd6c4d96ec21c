import Foundation

/// A file's tensors are not those that a network needs; lists every one of them.
public struct WeightMismatch: Error, CustomStringConvertible {
  /// The file.
  public let url: URL
  /// Needed, and not in the file.
  public let missing: [(name: String, shape: [Int])]
  /// In the file, and not needed.
  public let surplus: [(name: String, shape: [Int])]
  /// In both, with another shape.
  public let misshapen: [(name: String, needed: [Int], found: [Int])]

  /// Compares what a network needs with what a file holds; nil when nothing is missing or misshapen
  /// and, unless allowed, nothing is surplus.
  ///
  /// - Parameter isIgnored: tells names that may be surplus.
  public init?(
    _ url: URL, needed: [(name: String, shape: [Int])], found: [String: [Int]],
    ignoring isIgnored: (String) -> Bool = { _ in false }
  ) {
    self.url = url
    missing = needed.filter { found[$0.name] == nil }
    misshapen = needed.compactMap { name, shape in
      found[name].flatMap { $0 == shape ? nil : (name, shape, $0) }
    }
    let names = Set(needed.map(\.name))
    surplus = found.filter { !names.contains($0.key) && !isIgnored($0.key) }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if missing.isEmpty && misshapen.isEmpty && surplus.isEmpty { return nil }
  }

  /// Every tensor that does not fit, a line each.
  public var description: String {
    var lines = ["the tensors of \(url.path) do not fit the network:"]
    lines += missing.map { "  missing: \($0.name) \($0.shape)" }
    lines += misshapen.map { "  \($0.name): needed \($0.needed), found \($0.found)" }
    lines += surplus.map { "  surplus: \($0.name) \($0.shape)" }
    return lines.joined(separator: "\n")
  }
}
