/// Writes protocol buffer messages.
public struct ProtobufWriter {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  public mutating func field(_ field: UInt64, number value: UInt64) {
    number(field << 3)
    number(value)
  }

  public mutating func field(_ field: UInt64, bytes content: [UInt8]) {
    number(field << 3 | 2)
    number(UInt64(content.count))
    bytes += content
  }

  public mutating func field(_ field: UInt64, float value: Float) {
    number(field << 3 | 5)
    bytes += littleEndian(value.bitPattern)
  }

  public mutating func field(_ number: UInt64, message: (inout ProtobufWriter) -> Void) {
    var writer = ProtobufWriter()
    message(&writer)
    field(number, bytes: writer.bytes)
  }
}
