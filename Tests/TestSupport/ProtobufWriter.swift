/// Writes protocol buffer messages.
public struct ProtobufWriter {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty message.
  public init() {}

  /// A number of variable length, without a key.
  public mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A field that holds a number.
  public mutating func field(_ field: UInt64, number value: UInt64) {
    number(field << 3)
    number(value)
  }

  /// A field that holds bytes: a text, a message or packed numbers.
  public mutating func field(_ field: UInt64, bytes content: [UInt8]) {
    number(field << 3 | 2)
    number(UInt64(content.count))
    bytes += content
  }

  /// A field that holds a float.
  public mutating func field(_ field: UInt64, float value: Float) {
    number(field << 3 | 5)
    bytes += littleEndian(value.bitPattern)
  }

  /// A field that holds the message that `message` writes.
  public mutating func field(_ number: UInt64, message: (inout ProtobufWriter) -> Void) {
    var writer = ProtobufWriter()
    message(&writer)
    field(number, bytes: writer.bytes)
  }
}
