import Foundation

/// A file of records as TensorFlow frames them: length, its checksum, data, its checksum.
///
/// Every record goes out in one write, so that a reader that watches the file finds whole ones, or at
/// worst one that is not finished, for which it waits.
package final class RecordFile {
  private let handle: FileHandle

  /// Creates a file.
  /// - Throws: what Foundation says when it cannot be written.
  package init(_ url: URL) throws {
    try Data().write(to: url, options: .withoutOverwriting)
    handle = try FileHandle(forWritingTo: url)
  }

  package func append(_ record: Data) throws { try handle.write(contentsOf: Self.framed(record)) }

  /// The record with its frame.
  package static func framed(_ record: Data) -> Data {
    let length = withUnsafeBytes(of: UInt64(record.count).littleEndian) { Data($0) }
    func checksum(_ data: Data) -> Data {
      withUnsafeBytes(of: maskedChecksum(data).littleEndian) { Data($0) }
    }
    return length + checksum(length) + record + checksum(record)
  }

  /// The checksum turned by 15 bits and moved, since a checksum over data that hold checksums finds
  /// little (TensorFlow's record format).
  static func maskedChecksum(_ data: Data) -> UInt32 {
    let checksum = castagnoliChecksum(data)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}

/// CRC-32C (Castagnoli; polynomial 0x82F63B78 with its bits reversed).
package func castagnoliChecksum(_ data: Data) -> UInt32 {
  data.reduce(UInt32.max) { state, byte in
    castagnoliTable[Int(truncatingIfNeeded: state ^ UInt32(byte)) & 0xFF] ^ state >> 8
  } ^ UInt32.max
}

private let castagnoliTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { state, _ in state >> 1 ^ (state & 1 != 0 ? 0x82F6_3B78 : 0) }
}
