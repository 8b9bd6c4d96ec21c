/// Writes pickles opcode by opcode, sound ones and others.
public struct PickleWriter {
  /// What has been written so far.
  public private(set) var bytes: [UInt8]

  /// Begins a pickle with its protocol's version.
  public init(protocolVersion: UInt8 = 2) { bytes = [0x80, protocolVersion] }

  /// The whole pickle: what has been written, and the opcode that ends it.
  public var finished: [UInt8] { bytes + [UInt8(ascii: ".")] }

  /// Bytes as they are.
  public mutating func raw(_ more: [UInt8]) { bytes += more }

  /// An opcode by its letter.
  public mutating func opcode(_ character: Unicode.Scalar) { bytes.append(UInt8(ascii: character)) }

  /// A text of any length.
  public mutating func text(_ text: String) {
    opcode("X")
    bytes += littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  /// An integer of eight bytes.
  public mutating func integer(_ value: Int) {
    bytes += [0x8A, 8] + littleEndian(UInt64(bitPattern: Int64(value)))
  }

  /// A name of a module's.
  public mutating func global(_ module: String, _ name: String) {
    opcode("c")
    bytes += Array("\(module)\n\(name)\n".utf8)
  }

  /// A tuple of what `items` writes.
  public mutating func tuple(_ items: (inout PickleWriter) -> Void) {
    opcode("(")
    items(&self)
    opcode("t")
  }

  /// A dictionary of the keys and values that `items` writes in turn.
  public mutating func dictionary(_ items: (inout PickleWriter) -> Void) {
    opcode("}")
    opcode("(")
    items(&self)
    opcode("u")
  }

  /// A tuple of integers.
  public mutating func integers(_ values: [Int]) { tuple { w in values.forEach { w.integer($0) } } }

  /// `_rebuild_tensor_v2` of a view of a storage.
  public mutating func tensor(
    storage key: String, type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int],
    strides: [Int]
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    tuple { w in
      w.tuple { w in
        w.text("storage")
        w.global("torch", type)
        w.text(key)
        w.text("cpu")
        w.integer(count)
      }
      w.opcode("Q")
      w.integer(offset)
      w.integers(shape)
      w.integers(strides)
      w.raw([0x89])
      w.global("collections", "OrderedDict")
      w.opcode(")")
      w.opcode("R")
    }
    opcode("R")
  }

  /// An object of a class with the state that `state` writes.
  public mutating func object(
    _ module: String, _ name: String, state: (inout PickleWriter) -> Void
  ) {
    global(module, name)
    opcode(")")
    raw([0x81])
    state(&self)
    opcode("b")
  }
}
