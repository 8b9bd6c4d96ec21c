/// Reads a pickle as a description, and runs nothing.
///
/// It understands the opcodes that `torch.save` and Python's pickle module write in protocols 2 to 5.
/// A pickle is a program for a stack machine whose dangerous part is importing and calling; here,
/// names come from the allow-list of ``PickleGlobal``, and a call becomes a node of the graph.
struct Unpickler {
  /// What a pickle does that is not allowed or makes no sense.
  enum Failure: Error {
    case malformed(offset: Int, String)
    case forbidden(String)
  }

  var graph = PickleGraph()
  private var cursor: ByteCursor
  let budget: AllocationBudget
  private var stack: [PickleValue] = []
  private var highestStack = 0
  /// How high the stack was at each mark.
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]

  init(_ cursor: ByteCursor, budget: AllocationBudget) {
    self.cursor = cursor
    self.budget = budget
  }

  /// Where the next byte after the pickles read so far lies.
  var position: Int { cursor.position }

  /// Reads one pickle up to its end. Another may follow.
  mutating func next() throws -> PickleValue {
    stack.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    memo.removeAll(keepingCapacity: true)
    while true {
      let byte = try cursor.next(UInt8.self)
      if byte == UInt8(ascii: ".") {
        guard stack.count == 1, marks.isEmpty else {
          throw failure("the pickle ends with \(stack.count) values on its stack")
        }
        return stack[0]
      }
      try execute(byte)
    }
  }

  // MARK: Opcodes

  private mutating func execute(_ opcode: UInt8) throws {
    switch opcode {
    case 0x80:
      let version = try cursor.next(UInt8.self)
      guard (2...5).contains(version) else {
        throw failure("pickle protocol \(version) is not one of 2 to 5")
      }
    case 0x95:
      let length = try cursor.next(UInt64.self)
      guard length <= UInt64(cursor.remaining) else {
        throw ByteCursor.EndReached(
          offset: cursor.position, needed: length, available: cursor.remaining)
      }
    case UInt8(ascii: "("): try mark()
    case UInt8(ascii: "0"): try popOrUnmark()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): try push(try top())

    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.bool(true))
    case 0x89: try push(.bool(false))
    case UInt8(ascii: "J"): try push(.integer(Int(try cursor.next(Int32.self))))
    case UInt8(ascii: "K"): try push(.integer(Int(try cursor.next(UInt8.self))))
    case UInt8(ascii: "M"): try push(.integer(Int(try cursor.next(UInt16.self))))
    case 0x8A: try pushLong(UInt64(try cursor.next(UInt8.self)))
    case 0x8B:
      let count = try cursor.next(Int32.self)
      guard count >= 0 else { throw failure("an integer of \(count) bytes") }
      try pushLong(UInt64(count))
    case UInt8(ascii: "G"):
      let bits = UInt64(bigEndian: UInt64(littleEndian: try cursor.next(UInt64.self)))
      try push(.float(Double(bitPattern: bits)))

    case UInt8(ascii: "X"): try pushText(UInt64(try cursor.next(UInt32.self)))
    case 0x8C: try pushText(UInt64(try cursor.next(UInt8.self)))
    case 0x8D: try pushText(try cursor.next(UInt64.self))
    // Python 2's strings, which are either text or bytes.
    case UInt8(ascii: "U"): try pushText(UInt64(try cursor.next(UInt8.self)))
    case UInt8(ascii: "T"): try pushText(UInt64(try cursor.next(UInt32.self)))
    case UInt8(ascii: "C"): try pushBytes(UInt64(try cursor.next(UInt8.self)))
    case UInt8(ascii: "B"): try pushBytes(UInt64(try cursor.next(UInt32.self)))
    case 0x8E, 0x96: try pushBytes(try cursor.next(UInt64.self))

    case UInt8(ascii: "]"): try pushNode(.list)
    case UInt8(ascii: "}"): try pushNode(.dictionary)
    case UInt8(ascii: ")"): try pushNode(.tuple)
    case 0x8F: try pushNode(.set)
    case UInt8(ascii: "t"): try pushNode(.tuple, try popToMark())
    case UInt8(ascii: "l"): try pushNode(.list, try popToMark())
    case UInt8(ascii: "d"):
      let items = try popToMark()
      guard items.count.isMultiple(of: 2) else { throw failure("a key without a value") }
      try pushNode(.dictionary, items)
    case 0x91: try pushNode(.set, try popToMark())
    case 0x85: try pushNode(.tuple, try pop(1))
    case 0x86: try pushNode(.tuple, try pop(2))
    case 0x87: try pushNode(.tuple, try pop(3))

    case UInt8(ascii: "a"): try append(try pop(1))
    case UInt8(ascii: "e"): try append(try popToMark())
    case 0x90: try append(try popToMark())
    case UInt8(ascii: "s"): try insert(try pop(2))
    case UInt8(ascii: "u"): try insert(try popToMark())

    case UInt8(ascii: "q"): try memoize(UInt32(try cursor.next(UInt8.self)))
    case UInt8(ascii: "r"): try memoize(try cursor.next(UInt32.self))
    case 0x94: try memoize(UInt32(truncatingIfNeeded: memo.count))
    case UInt8(ascii: "h"): try recall(UInt32(try cursor.next(UInt8.self)))
    case UInt8(ascii: "j"): try recall(try cursor.next(UInt32.self))

    case UInt8(ascii: "c"): try pushGlobal(module: try line(), name: try line())
    case 0x93:
      let names = try pop(2)
      guard case .text(let module) = names[0], case .text(let name) = names[1] else {
        throw failure("a global whose name is no text")
      }
      try pushGlobal(module: module, name: name)
    case UInt8(ascii: "R"), 0x81:
      let operands = try pop(2)
      try push(try call(operands[0], operands[1]))
    case 0x92:
      let operands = try pop(3)
      try push(try call(operands[0], operands[1]))
    case UInt8(ascii: "b"): try build()
    case UInt8(ascii: "Q"): try push(try storage(try pop(1)[0]))
    default:
      throw failure(
        "opcode 0x\(String(opcode, radix: 16)) is not one that weights are saved with")
    }
  }

  // MARK: The stack

  func failure(_ what: String) -> Failure { .malformed(offset: cursor.position, what) }

  private mutating func push(_ value: PickleValue) throws {
    stack.append(value)
    if stack.count > highestStack {
      highestStack = stack.count
      try budget.chargeValues(1)
    }
  }

  private mutating func pushNode(
    _ kind: PickleGraph.Node.Kind, _ items: [PickleValue] = []
  ) throws {
    try push(try node(kind, items))
  }

  mutating func node(
    _ kind: PickleGraph.Node.Kind, _ items: [PickleValue] = [], state: PickleValue = .none
  ) throws -> PickleValue {
    try budget.charge(AllocationBudget.nodeCost)
    try budget.chargeValues(items.count)
    graph.nodes.append(.init(kind: kind, items: items, state: state))
    return .node(graph.nodes.count - 1)
  }

  private mutating func mark() throws {
    try budget.chargeValues(1)
    marks.append(stack.count)
  }

  private func top() throws -> PickleValue {
    guard let top = stack.last, stack.count > marks.last ?? 0 else {
      throw failure("the stack is empty")
    }
    return top
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw failure("the stack is empty") }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  private mutating func popOrUnmark() throws {
    if let mark = marks.last, mark == stack.count {
      marks.removeLast()
    } else {
      _ = try pop(1)
    }
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw failure("a mark is missing") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  // MARK: Values

  private mutating func pushLong(_ count: UInt64) throws {
    let range = try cursor.skip(count)
    guard count <= 8 else {
      return try push(.bytes(start: range.lowerBound, count: range.count))
    }
    var value: UInt64 = 0
    for (position, byte) in cursor.bytes[range].enumerated() {
      value |= UInt64(byte) << UInt64(8 * position)
    }
    // Fewer than eight bytes carry their sign in their own highest bit.
    let unused = 64 - 8 * Int64(count)
    try push(.integer(count == 0 ? 0 : Int(Int64(bitPattern: value << UInt64(unused)) >> unused)))
  }

  private mutating func pushText(_ count: UInt64) throws {
    let range = try cursor.skip(count)
    try budget.charge(AllocationBudget.textCost + range.count)
    guard let text = String(validating: cursor.bytes[range], as: UTF8.self) else {
      return try push(.bytes(start: range.lowerBound, count: range.count))
    }
    try push(.text(text))
  }

  private mutating func pushBytes(_ count: UInt64) throws {
    let range = try cursor.skip(count)
    try push(.bytes(start: range.lowerBound, count: range.count))
  }

  private mutating func line() throws -> String {
    guard let line = cursor.line(limit: 512), let text = String(validating: line, as: UTF8.self)
    else { throw failure("a name that does not end or is not UTF-8") }
    return text
  }

  private mutating func pushGlobal(module: String, name: String) throws {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw Failure.forbidden("\(module).\(name)".prefix(200).description)
    }
    try push(.global(global))
  }

  private mutating func memoize(_ index: UInt32) throws {
    try budget.chargeValues(2)
    memo[index] = try top()
  }

  private mutating func recall(_ index: UInt32) throws {
    guard let value = memo[index] else { throw failure("memo \(index) is empty") }
    try push(value)
  }

  // MARK: Containers

  private mutating func append(_ items: [PickleValue]) throws {
    guard case .node(let index) = try top() else { throw failure("append to what is no list") }
    switch graph.nodes[index].kind {
    case .list, .set, .record: break
    default: throw failure("append to what is no list")
    }
    try budget.chargeValues(items.count)
    graph.nodes[index].items.append(contentsOf: items)
  }

  private mutating func insert(_ items: [PickleValue]) throws {
    guard items.count.isMultiple(of: 2) else { throw failure("a key without a value") }
    guard case .node(let index) = try top() else {
      throw failure("a key set in what is no dictionary")
    }
    switch graph.nodes[index].kind {
    case .dictionary: break
    // A class derived from a dictionary; its entries are of no interest.
    case .record: return
    default: throw failure("a key set in what is no dictionary")
    }
    try budget.chargeValues(items.count)
    graph.nodes[index].items.append(contentsOf: items)
  }

  private mutating func build() throws {
    let state = try pop(1)[0]
    guard case .node(let index) = try top() else { throw failure("a state for what has none") }
    graph.nodes[index].state = state
  }
}
