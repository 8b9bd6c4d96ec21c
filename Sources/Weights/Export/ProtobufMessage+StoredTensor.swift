import Protobuf

extension ProtobufMessage {
  /// Adds the elements of an array, row-major and little-endian. They are read when the message is
  /// written.
  mutating func add(_ field: UInt64, _ tensor: StoredTensor) {
    add(field, byteCount: tensor.byteCount) { body in try tensor.withBytes { try body($0) } }
  }

  /// Writes the message piece by piece.
  func write(to file: AtomicFile) throws { try write { try file.write($0) } }
}
