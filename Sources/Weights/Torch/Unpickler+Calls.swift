/// What a "call" in a pickle stands for: a container, a tensor, or an object that is only recorded.
extension Unpickler {
  /// The most dimensions a tensor has.
  private static let maximumRank = 64

  mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws -> PickleValue {
    guard case .global(let global) = callee else {
      throw failure("a call of what is no function")
    }
    guard let values = graph.tuple(arguments) else { throw failure("arguments that are no tuple") }
    switch global {
    case .dictionary: return try dictionary(values)
    case .list, .tuple, .set:
      let items = values.first.flatMap { graph.node($0)?.items } ?? []
      return try node(global == .list ? .list : global == .tuple ? .tuple : .set, items)
    case .encode:
      guard case .text? = values.first else { throw failure("an encoding of what is no text") }
      return values[0]
    case .rebuildTensor:
      guard values.count >= 4 else { throw failure("a tensor of \(values.count) arguments") }
      return try tensor(
        storage: values[0], offset: values[1], shape: values[2], strides: values[3], type: nil)
    case .rebuildTensorWithScalarType:
      guard values.count >= 7, case .global(.scalarType(let type)) = values[6] else {
        throw failure("a tensor without an element type that is read here")
      }
      return try tensor(
        storage: values[0], offset: values[1], shape: values[2], strides: values[3], type: type)
    case .rebuildParameter:
      guard let data = values.first, case .tensor? = graph.node(data)?.kind else {
        throw failure("a parameter without a tensor")
      }
      return data
    case .rebuildFromType:
      guard values.count >= 3, case .global(let inner) = values[0],
        inner == .rebuildTensor || inner == .rebuildTensorWithScalarType
          || inner == .rebuildParameter
      else { throw failure("a tensor of a class that is not read here") }
      return try call(values[0], values[2])
    case .reconstruct, .recorded:
      return try node(.record)
    case .storage, .untypedStorage, .scalarType:
      throw failure("a call of a type of tensors")
    }
  }

  /// `OrderedDict()`, `defaultdict(dict)` or `OrderedDict([(key, value), ...])`.
  private mutating func dictionary(_ arguments: [PickleValue]) throws -> PickleValue {
    var items: [PickleValue] = []
    for argument in arguments {
      guard let source = graph.node(argument) else { continue }
      switch source.kind {
      case .dictionary: items = source.items
      case .list:
        for pair in source.items {
          guard let pair = graph.tuple(pair) ?? graph.list(pair), pair.count == 2 else {
            throw failure("a dictionary of what are no pairs")
          }
          items.append(contentsOf: pair)
        }
      default: throw failure("a dictionary of what are no pairs")
      }
    }
    return try node(.dictionary, items)
  }

  /// A persistent id: `('storage', type, key, location, count[, view])`, or in old files
  /// `('module', class, file, source)` for a class whose source text was saved with it.
  mutating func storage(_ identity: PickleValue) throws -> PickleValue {
    guard let parts = graph.tuple(identity), let first = parts.first, case .text(let kind) = first
    else { throw failure("a persistent id that is no tuple") }
    if kind == "module", parts.count >= 2, case .global(.recorded) = parts[1] { return parts[1] }
    guard kind == "storage", parts.count >= 5, case .global(let global) = parts[1],
      case .text(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw failure("a persistent id that describes no storage") }
    var storage = StorageReference(scalarType: nil, key: key, count: count)
    switch global {
    case .storage(let type): storage.scalarType = type
    case .untypedStorage: break
    default: throw failure("a storage without an element type")
    }
    if parts.count >= 6, let view = graph.tuple(parts[5]) {
      guard view.count == 3, case .integer(let start) = view[1],
        case .integer(let length) = view[2],
        start >= 0, length >= 0, start <= count, length <= count - start
      else { throw failure("a view that lies outside its storage") }
      storage.start = start
      storage.count = length
    }
    try budget.charge(AllocationBudget.referenceCost)
    graph.storages.append(storage)
    return try node(.storage(graph.storages.count - 1))
  }

  private mutating func tensor(
    storage: PickleValue, offset: PickleValue, shape: PickleValue, strides: PickleValue,
    type: ScalarType?
  ) throws -> PickleValue {
    guard case .storage(let index)? = graph.node(storage)?.kind else {
      throw failure("a tensor without a storage")
    }
    let block = graph.storages[index]
    guard let scalarType = type ?? block.scalarType else {
      throw failure("a tensor without an element type")
    }
    // Blocks without a type, and types that differ from the tensor's, are counted in the tensor's.
    let (bytes, overflow) = block.count.multipliedReportingOverflow(
      by: block.scalarType?.byteCount ?? 1)
    guard !overflow else { throw failure("a storage of \(block.count) elements") }
    let available = bytes / scalarType.byteCount

    guard case .integer(let offset) = offset, offset >= 0 else {
      throw failure("a tensor without an offset")
    }
    let shape = try naturals(shape, "shape")
    let strides = try naturals(strides, "strides")
    guard shape.count == strides.count else {
      throw failure("shape \(shape) with strides \(strides)")
    }
    if !shape.contains(0) {
      var last = offset
      for (length, stride) in zip(shape, strides) {
        let (reach, first) = (length - 1).multipliedReportingOverflow(by: stride)
        let (sum, second) = last.addingReportingOverflow(reach)
        guard !first, !second else { throw failure("shape \(shape) with strides \(strides)") }
        last = sum
      }
      guard last < available else {
        throw failure(
          "shape \(shape) with strides \(strides) from \(offset) reaches element \(last) of a "
            + "storage of \(available)")
      }
    }
    guard byteCount(shape: shape, scalarType: scalarType) != nil else {
      throw failure("the size of shape \(shape) does not fit 64 bits")
    }
    try budget.charge(AllocationBudget.referenceCost + 16 * shape.count)
    graph.tensors.append(
      TensorReference(
        storage: index, scalarType: scalarType, offset: offset, shape: shape, strides: strides))
    return try node(.tensor(graph.tensors.count - 1))
  }

  private func naturals(_ value: PickleValue, _ what: String) throws -> [Int] {
    guard let items = graph.tuple(value) ?? graph.list(value), items.count <= Self.maximumRank
    else {
      throw failure("a tensor without \(what)")
    }
    return try items.map {
      guard case .integer(let number) = $0, number >= 0 else {
        throw failure("a tensor whose \(what) is not made of natural numbers")
      }
      return number
    }
  }
}
