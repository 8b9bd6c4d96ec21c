/// A protocol buffer message that is being put together.
///
/// Fields stand in the order in which they are added. Large arrays are not copied: they are read when
/// the message is written, piece by piece.
///
/// ```swift
/// var model = ProtobufMessage()
/// model.add(1, 8)
/// model.add(7) { graph in graph.add(2, "a name") }
/// try model.write { bytes in try file.write(bytes) }
/// ```
///
/// Format: https://protobuf.dev/programming-guides/encoding.
package struct ProtobufMessage: Sendable {
  /// Hands over the bytes of an array, in one or several pieces.
  package typealias Source = @Sendable ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  private enum Piece: Sendable {
    case bytes([UInt8])
    case deferred(Source, byteCount: Int)
  }

  private var pieces: [Piece] = []
  /// How many bytes the message takes.
  package private(set) var count = 0

  /// A message without fields.
  package init() {}

  /// A message from its fields.
  package init(_ body: (inout ProtobufMessage) -> Void) { body(&self) }

  /// Writes the message piece by piece.
  /// - Throws: what `body` throws, and what the sources of large arrays throw.
  package func write(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): try bytes.withUnsafeBytes { try body($0) }
      case .deferred(let source, _): try source(body)
      }
    }
  }

  private mutating func append(_ bytes: some Collection<UInt8>) {
    count += bytes.count
    guard case .bytes(var last)? = pieces.last else { return pieces.append(.bytes(Array(bytes))) }
    // Taken out first, so that it grows in place.
    pieces.removeLast()
    last += bytes
    pieces.append(.bytes(last))
  }

  private mutating func append(_ source: @escaping Source, _ byteCount: Int) {
    count += byteCount
    pieces.append(.deferred(source, byteCount: byteCount))
  }

  private mutating func number(_ value: UInt64) {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
    append(bytes)
  }

  private mutating func fixed(_ bits: some FixedWidthInteger) {
    withUnsafeBytes(of: bits.littleEndian) { append($0) }
  }
}

// MARK: - Fields

extension ProtobufMessage {
  /// Adds an integer, signed ones in ten bytes if they are negative; also an enumeration.
  package mutating func add(_ field: UInt64, _ value: Int) {
    number(field << 3)
    number(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a float of four bytes.
  package mutating func add(_ field: UInt64, _ value: Float) {
    number(field << 3 | 5)
    fixed(value.bitPattern)
  }

  /// Adds a double of eight bytes.
  package mutating func add(_ field: UInt64, _ value: Double) {
    number(field << 3 | 1)
    fixed(value.bitPattern)
  }

  /// Adds a string.
  package mutating func add(_ field: UInt64, _ text: String) { add(field, bytes: text.utf8) }

  /// Adds bytes as they are.
  package mutating func add(_ field: UInt64, bytes: some Collection<UInt8>) {
    number(field << 3 | 2)
    number(UInt64(bytes.count))
    append(bytes)
  }

  /// Adds floats as a packed array.
  package mutating func add(_ field: UInt64, packed values: [Float]) {
    number(field << 3 | 2)
    number(UInt64(values.count * MemoryLayout<Float>.size))
    for value in values { fixed(value.bitPattern) }
  }

  /// Adds a message.
  package mutating func add(_ field: UInt64, _ message: ProtobufMessage) {
    number(field << 3 | 2)
    number(UInt64(message.count))
    for piece in message.pieces {
      switch piece {
      case .bytes(let bytes): append(bytes)
      case .deferred(let source, let byteCount): append(source, byteCount)
      }
    }
  }

  /// Adds a message from its fields.
  package mutating func add(_ field: UInt64, _ body: (inout ProtobufMessage) -> Void) {
    add(field, ProtobufMessage(body))
  }

  /// Adds an array of `byteCount` bytes that is read when the message is written.
  package mutating func add(_ field: UInt64, byteCount: Int, source: @escaping Source) {
    number(field << 3 | 2)
    number(UInt64(byteCount))
    append(source, byteCount)
  }
}
