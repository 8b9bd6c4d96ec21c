import Foundation

/// A file's tensors are not those that a network needs; lists every one of them.
public struct WeightMismatch: Error, CustomStringConvertible {
  /// The file.
  public let url: URL
  /// Whose names the file has, where that is known.
  public let layout: CheckpointLayout?
  /// Needed, and not in the file.
  public let missing: [(name: String, shape: [Int])]
  /// In the file, and not needed.
  public let surplus: [(name: String, shape: [Int])]
  /// In both, with another shape.
  public let misshapen: [(name: String, needed: [Int], found: [Int])]
  /// What the file calls the tensors, where it is not what the network calls them.
  private let aliases: [String: String]

  /// Compares what a network needs with what a file holds; nil when nothing is missing or misshapen
  /// and, unless allowed, nothing is surplus.
  ///
  /// - Parameters:
  ///   - url: the file, for the message.
  ///   - needed: the network's parameters and their shapes.
  ///   - found: the file's arrays and their shapes.
  ///   - layout: whose names the file has.
  ///   - aliases: the file's names for the network's.
  ///   - isIgnored: tells names that may be surplus.
  public init?(
    _ url: URL, needed: [(name: String, shape: [Int])], found: [String: [Int]],
    layout: CheckpointLayout? = nil, aliases: [String: String] = [:],
    ignoring isIgnored: (String) -> Bool = { _ in false }
  ) {
    self.url = url
    self.layout = layout
    self.aliases = aliases
    missing = needed.filter { found[$0.name] == nil }
    misshapen = needed.compactMap { name, shape in
      found[name].flatMap { $0 == shape ? nil : (name, shape, $0) }
    }
    let names = Set(needed.map(\.name))
    surplus = found.filter { !names.contains($0.key) && !isIgnored($0.key) }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if missing.isEmpty && misshapen.isEmpty && surplus.isEmpty { return nil }
  }

  /// Every difference, one a line.
  public var description: String {
    func full(_ name: String) -> String {
      aliases[name].map { $0 == name ? name : "\(name) (`\($0)` in the file)" } ?? name
    }
    let kind = layout.map { " (\($0))" } ?? ""
    var lines = ["the tensors of \(url.path)\(kind) do not fit the network:"]
    lines += missing.map { "  missing: \(full($0.name)) \($0.shape)" }
    lines += misshapen.map { "  \(full($0.name)): needed \($0.needed), found \($0.found)" }
    lines += surplus.map { "  surplus: \($0.name) \($0.shape)" }
    return lines.joined(separator: "\n")
  }
}
