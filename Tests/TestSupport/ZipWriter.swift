/// Writes zip archives whose entries are stored as they are.
public struct ZipWriter {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// An empty archive.
  public init() {}

  /// Appends an entry.
  public mutating func add(
    _ name: String, _ data: [UInt8], method: UInt16 = 0, checksum: UInt32? = nil,
    usesZip64: Bool = false
  ) {
    let offset = UInt32(bytes.count)
    let size = usesZip64 ? UInt32.max : UInt32(data.count)
    let extra: [UInt8] =
      !usesZip64
      ? []
      : littleEndian(UInt16(1)) + littleEndian(UInt16(16)) + littleEndian(UInt64(data.count))
        + littleEndian(UInt64(data.count))
    let common =
      littleEndian(UInt16(0)) + littleEndian(method) + littleEndian(UInt32(0))
      + littleEndian(checksum ?? Self.checksum(data)) + littleEndian(size) + littleEndian(size)
      + littleEndian(UInt16(name.utf8.count)) + littleEndian(UInt16(extra.count))
    bytes +=
      littleEndian(UInt32(0x0403_4B50)) + littleEndian(UInt16(45)) + common + Array(name.utf8)
      + extra + data
    directory +=
      littleEndian(UInt32(0x0201_4B50)) + littleEndian(UInt16(45)) + littleEndian(UInt16(45))
      + common + [UInt8](repeating: 0, count: 10) + littleEndian(offset) + Array(name.utf8) + extra
    count += 1
  }

  /// The whole archive.
  public func finished(usesZip64: Bool = false) -> [UInt8] {
    let start = bytes.count
    var result = bytes + directory
    if usesZip64 {
      let record = result.count
      result +=
        littleEndian(UInt32(0x0606_4B50)) + littleEndian(UInt64(44))
        + littleEndian(UInt32(0x2D_002D))
        + littleEndian(UInt64(0)) + littleEndian(UInt64(count)) + littleEndian(UInt64(count))
        + littleEndian(UInt64(directory.count)) + littleEndian(UInt64(start))
      result +=
        littleEndian(UInt32(0x0706_4B50)) + littleEndian(UInt32(0)) + littleEndian(UInt64(record))
        + littleEndian(UInt32(1))
    }
    let limit = UInt32.max
    return result + littleEndian(UInt32(0x0605_4B50)) + littleEndian(UInt32(0))
      + littleEndian(usesZip64 ? .max : count) + littleEndian(usesZip64 ? .max : count)
      + littleEndian(usesZip64 ? limit : UInt32(directory.count))
      + littleEndian(usesZip64 ? limit : UInt32(start)) + littleEndian(UInt16(0))
  }

  /// CRC-32, a bit at a time.
  public static func checksum(_ data: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in data {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state >> 1 ^ (state & 1 != 0 ? 0xEDB8_8320 : 0) }
    }
    return ~state
  }
}
