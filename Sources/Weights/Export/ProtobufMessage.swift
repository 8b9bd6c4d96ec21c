/// A protocol buffer message that is being put together. Large arrays are read when it is written.
///
/// Format: https://protobuf.dev/programming-guides/encoding.
struct ProtobufMessage {
  private enum Piece {
    case bytes([UInt8])
    case tensor(StoredTensor)
  }

  private var pieces: [Piece] = []
  /// How many bytes the message takes.
  private(set) var count = 0

  private mutating func append(_ bytes: [UInt8]) {
    count += bytes.count
    if case .bytes(let last)? = pieces.last {
      pieces[pieces.count - 1] = .bytes(last + bytes)
    } else {
      pieces.append(.bytes(bytes))
    }
  }

  private mutating func number(_ value: UInt64) {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(bytes + [UInt8(rest)])
  }

  mutating func add(_ field: UInt64, _ value: Int) {
    number(field << 3)
    number(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    number(field << 3 | 5)
    append((0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) })
  }

  mutating func add(_ field: UInt64, _ text: String) {
    number(field << 3 | 2)
    number(UInt64(text.utf8.count))
    append(Array(text.utf8))
  }

  mutating func add(_ field: UInt64, _ message: ProtobufMessage) {
    number(field << 3 | 2)
    number(UInt64(message.count))
    pieces += message.pieces
    count += message.count
  }

  /// A message from its fields.
  mutating func add(_ field: UInt64, _ body: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    body(&message)
    add(field, message)
  }

  /// The elements of an array, row-major and little-endian.
  mutating func add(_ field: UInt64, _ tensor: StoredTensor) {
    number(field << 3 | 2)
    number(UInt64(tensor.byteCount))
    pieces.append(.tensor(tensor))
    count += tensor.byteCount
  }

  /// Writes the message piece by piece.
  func write(to file: AtomicFile) throws {
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): try bytes.withUnsafeBytes { try file.write($0) }
      case .tensor(let tensor): try tensor.withBytes { try file.write($0) }
      }
    }
  }
}
