/// Reads the fields of a protocol buffer message one after the other.
///
/// Format: https://protobuf.dev/programming-guides/encoding. Groups, which no message read here has,
/// are refused.
package struct ProtobufReader {
  /// A field's value, as far as the format itself tells; bytes are named by their place in the buffer.
  package enum Value {
    /// A number of variable length.
    case number(UInt64)
    /// Four or eight little-endian bytes.
    case fixed(Range<Int>)
    /// A string, a message or packed numbers.
    case bytes(Range<Int>)
  }

  /// The bytes do not follow the format.
  package struct Failure: Error {
    /// Where, counted from the beginning of the buffer.
    package var offset: Int
    /// What is there.
    package var what: String

    /// A failure at an offset.
    package init(offset: Int, what: String) {
      self.offset = offset
      self.what = what
    }
  }

  /// The bytes end before what they announce.
  package struct EndReached: Error {
    /// Where it begins, counted from the beginning of the buffer.
    package var offset: Int
    /// How many bytes it needs.
    package var needed: UInt64
    /// How many there are.
    package var available: Int
  }

  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  /// A reader of the message that lies at `range` of a buffer.
  /// - Precondition: `range` lies within `bytes`.
  package init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// Whether all has been read.
  package var isAtEnd: Bool { position == end }

  private mutating func skip(_ count: UInt64) throws -> Range<Int> {
    guard count <= UInt64(end - position) else {
      throw EndReached(offset: position, needed: count, available: end - position)
    }
    let start = position
    position += Int(count)
    return start..<position
  }

  /// The next field, or nil at the end of the message.
  package mutating func next() throws -> (field: UInt64, value: Value)? {
    guard !isAtEnd else { return nil }
    let key = try number()
    let field = key >> 3
    guard field > 0 else { throw Failure(offset: position, what: "a field without number") }
    switch key & 7 {
    case 0: return (field, .number(try number()))
    case 1: return (field, .fixed(try skip(8)))
    case 2: return (field, .bytes(try skip(try number())))
    case 5: return (field, .fixed(try skip(4)))
    default:
      throw Failure(offset: position, what: "a field of the unknown kind \(key & 7)")
    }
  }

  /// The next number of variable length: seven bits a byte, the lowest first.
  package mutating func number() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      let byte = bytes[try skip(1).lowerBound]
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw Failure(offset: position, what: "a number of more than ten bytes")
  }
}
