import Protobuf
import TestSupport
import Testing

@Suite
struct ProtobufTests {
  private func bytes(_ message: ProtobufMessage) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try message.write { bytes += $0 }
    return bytes
  }

  /// Expected bytes: the examples of the format's specification.
  @Test func `a message has the bytes of the specification's examples`() throws {
    #expect(try bytes(ProtobufMessage { $0.add(1, 150) }) == [0x08, 0x96, 0x01])
    #expect(
      try bytes(ProtobufMessage { $0.add(2, "testing") })
        == [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    #expect(
      try bytes(ProtobufMessage { $0.add(3) { $0.add(1, 150) } })
        == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(
      try bytes(ProtobufMessage { $0.add(1, -2) })
        == [0x08, 0xFE] + Array(repeating: 0xFF, count: 8) + [0x01])
  }

  @Test func `floats are little-endian, packed or single`() throws {
    #expect(try bytes(ProtobufMessage { $0.add(2, Float(1)) }) == [0x15, 0, 0, 0x80, 0x3F])
    #expect(
      try bytes(ProtobufMessage { $0.add(1, 1.0) }) == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    #expect(
      try bytes(ProtobufMessage { $0.add(5, packed: [1, 2]) })
        == [0x2A, 8, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
  }

  @Test func `an array that is read late stands where it was added, however deep`() throws {
    let message = ProtobufMessage {
      $0.add(1, 1)
      $0.add(2) {
        $0.add(1, byteCount: 3) { body in
          try [UInt8(7), 8].withUnsafeBytes { try body($0) }
          try [UInt8(9)].withUnsafeBytes { try body($0) }
        }
        $0.add(2, 2)
      }
      $0.add(3, 3)
    }
    #expect(try bytes(message) == [0x08, 1, 0x12, 7, 0x0A, 3, 7, 8, 9, 0x10, 2, 0x18, 3])
    #expect(message.count == 13)
  }

  @Test func `what is read back is what was written by another writer`() throws {
    var writer = ProtobufWriter()
    writer.field(1, number: .max)
    writer.field(16, bytes: [1, 2, 3])
    writer.field(3, float: 1)
    try writer.bytes.withUnsafeBytes { raw in
      var reader = ProtobufReader(raw, 0..<raw.count)
      guard case (1, .number(.max))? = try reader.next() else { throw Unexpected() }
      guard case (16, .bytes(let range))? = try reader.next() else { throw Unexpected() }
      #expect(Array(raw[range]) == [1, 2, 3])
      guard case (3, .fixed(let float))? = try reader.next() else { throw Unexpected() }
      #expect(float.count == 4)
      #expect(try reader.next() == nil && reader.isAtEnd)
    }
  }

  private struct Unexpected: Error {}

  @Test(
    arguments: [
      // A key without a value, a length beyond the end, the largest length, half a float.
      [0x08], [0x0A, 3, 1, 2], [0x0A] + Array(repeating: 0xFF, count: 9) + [0x01], [0x0D, 1, 2],
    ] as [[UInt8]])
  func `a message that ends early is refused`(bytes: [UInt8]) {
    bytes.withUnsafeBytes { raw in
      var reader = ProtobufReader(raw, 0..<raw.count)
      #expect(throws: ProtobufReader.EndReached.self) { _ = try reader.next() }
    }
  }

  @Test(
    arguments: [
      // A field 0, a group, a number of eleven bytes.
      [0x00, 0], [0x0B], [0x08] + Array(repeating: 0x80, count: 10) + [0x00],
    ] as [[UInt8]])
  func `a message that is none is refused`(bytes: [UInt8]) {
    bytes.withUnsafeBytes { raw in
      var reader = ProtobufReader(raw, 0..<raw.count)
      #expect(throws: ProtobufReader.Failure.self) { _ = try reader.next() }
    }
  }
}
