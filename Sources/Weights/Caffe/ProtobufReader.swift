/// Reads the fields of a protocol buffer message one after the other.
///
/// Format: https://protobuf.dev/programming-guides/encoding. Groups, which no message read here has,
/// are refused.
package struct ProtobufReader {
  package enum Value {
    case number(UInt64)
    /// Four or eight little-endian bytes.
    case fixed(Range<Int>)
    /// A string, a message or packed numbers.
    case bytes(Range<Int>)
  }

  package struct Failure: Error {
    var offset: Int
    var what: String
  }

  private var cursor: ByteCursor

  package init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    cursor = ByteCursor(bytes, range)
  }

  /// The next field, or nil at the end of the message.
  package mutating func next() throws -> (field: UInt64, value: Value)? {
    guard cursor.remaining > 0 else { return nil }
    let key = try number()
    let field = key >> 3
    guard field > 0 else { throw Failure(offset: cursor.position, what: "a field without number") }
    switch key & 7 {
    case 0: return (field, .number(try number()))
    case 1: return (field, .fixed(try cursor.skip(8)))
    case 2: return (field, .bytes(try cursor.skip(try number())))
    case 5: return (field, .fixed(try cursor.skip(4)))
    default:
      throw Failure(offset: cursor.position, what: "a field of the unknown kind \(key & 7)")
    }
  }

  /// The next number of variable length: seven bits a byte, the lowest first.
  package mutating func number() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      let byte = try cursor.next(UInt8.self)
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw Failure(offset: cursor.position, what: "a number of more than ten bytes")
  }

  var isAtEnd: Bool { cursor.remaining == 0 }
}
