/// The tensors of a pickle's graph under dotted names.
struct TensorTree {
  /// Names, and positions in the graph's list of tensors, in the pickle's order.
  private(set) var tensors: [(name: String, index: Int)] = []
  /// The numbers and texts of the outermost dictionary.
  private(set) var metadata: [String: String] = [:]

  /// Real checkpoints are a dozen levels deep. Deeper ones refer to themselves.
  private static let maximumDepth = 100
  /// What visiting a value may cost in memory.
  private static let visitCost = 128

  init(_ graph: PickleGraph, root: PickleValue, budget: AllocationBudget) throws {
    var open: [(name: String, value: PickleValue, depth: Int)] = [("", root, 0)]
    while let (name, value, depth) = open.popLast() {
      guard let node = graph.node(value) else {
        if depth == 1, let text = Self.text(value) { metadata[name] = text }
        continue
      }
      guard depth < Self.maximumDepth else {
        throw Unpickler.Failure.malformed(
          offset: 0, "`\(name.prefix(80))...` is nested more than \(Self.maximumDepth) deep")
      }
      var parts: [(String, PickleValue)] = []
      switch node.kind {
      case .tensor(let index):
        try budget.charge(Self.visitCost + name.utf8.count)
        tensors.append((name.isEmpty ? "tensor" : name, index))
        continue
      case .storage, .set: continue
      case .list, .tuple:
        try budget.charge(node.items.count * Self.visitCost)
        parts = node.items.enumerated().map { ("\($0.offset)", $0.element) }
      case .dictionary:
        try budget.charge(node.items.count * Self.visitCost)
        parts = Self.members(node.items)
      case .record: parts = try Self.moduleParts(node, graph, budget)
      }
      for (part, value) in parts.reversed() {
        let path = name.isEmpty ? part : "\(name).\(part)"
        try budget.charge(Self.visitCost + path.utf8.count)
        open.append((path, value, depth + 1))
      }
    }
  }

  /// The entries whose keys can be part of a name.
  private static func members(_ items: [PickleValue]) -> [(String, PickleValue)] {
    stride(from: 0, to: items.count - 1, by: 2).compactMap { position in
      switch items[position] {
      case .text(let key): (key, items[position + 1])
      case .integer(let key): ("\(key)", items[position + 1])
      default: nil
      }
    }
  }

  /// The parameters, buffers, tensor attributes and children of an `nn.Module`; of other objects
  /// nothing.
  private static func moduleParts(
    _ node: PickleGraph.Node, _ graph: PickleGraph, _ budget: AllocationBudget
  ) throws -> [(String, PickleValue)] {
    guard let state = graph.node(node.state), case .dictionary = state.kind else { return [] }
    try budget.charge(state.items.count * visitCost)
    guard graph.value("_parameters", of: node.state) != nil else { return [] }
    var groups: [String: [(String, PickleValue)]] = [:]
    var attributes: [(String, PickleValue)] = []
    for (key, value) in members(state.items) {
      switch key {
      case "_parameters", "_buffers", "_modules":
        guard let members = graph.node(value), case .dictionary = members.kind else { continue }
        try budget.charge(members.items.count * visitCost)
        groups[key] = Self.members(members.items)
      default:
        if case .tensor? = graph.node(value)?.kind { attributes.append((key, value)) }
      }
    }
    return (groups["_parameters"] ?? []) + (groups["_buffers"] ?? []) + attributes
      + (groups["_modules"] ?? [])
  }

  private static func text(_ value: PickleValue) -> String? {
    switch value {
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .float(let value): "\(value)"
    case .text(let value): value
    default: nil
    }
  }
}
