import Evaluation
import Foundation
import TensorBoard
import TestSupport
import Testing

@Suite("Event files")
struct EventFileTests {
  /// RFC 3720, B.4.
  @Test(
    "check records with CRC-32C",
    arguments: [
      (Data(repeating: 0, count: 32), 0x8A91_36AA), (Data(repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Data(0..<32), 0x46DD_794E), (Data((0..<32).reversed()), 0x113F_DB5C),
    ] as [(Data, UInt32)])
  func checksum(data: Data, expected: UInt32) {
    #expect(castagnoliChecksum(data) == expected)
  }

  /// Expected bytes: the RecordWriter of tensorboard 2.21.
  @Test("frame records as TensorBoard's own writer does")
  func frame() {
    let records = RecordFile.framed(Data("brain.Event:2".utf8)) + RecordFile.framed(Data())
    let expected =
      "0d000000000000003c37b834627261696e2e4576656e743a32ee01067c000000000000000029039807d8ea82a2"
    #expect(records.map { String(format: "%02x", $0) }.joined() == expected)
  }

  @Test("hold whole records after every write")
  func readableWhileWritten() throws {
    try withTemporaryFolder { folder in
      let file = try EventFile(in: folder)
      #expect(try recordCount(file.url) == 1)
      for step in 1...3 {
        try file.append([.scalar(0.5, "loss"), .scalar(2, "rate")], step: step)
        #expect(try recordCount(file.url) == 1 + step)
      }
    }
  }

  @Test("of a run that goes on are new ones, and begin by superseding later steps")
  func resumed() throws {
    try withTemporaryFolder { folder in
      let first = try EventFile(in: folder)
      let second = try EventFile(in: folder, resumingAfter: 20)
      #expect(first.url != second.url)
      #expect(first.url.lastPathComponent < second.url.lastPathComponent)
      #expect(try recordCount(second.url) == 2)
      // Field 2, step, is 21; field 7, the session log, holds field 1, the status, of 1.
      let bytes = try Data(contentsOf: second.url)
      #expect(bytes.range(of: Data([0x10, 21, 0x3A, 2, 0x08, 1])) != nil)
    }
  }

  @Test("of a folder that cannot be made are an error")
  func unwritable() {
    #expect(throws: (any Error).self) {
      try EventFile(in: URL(filePath: "/dev/null/run"))
    }
  }

  /// Goes from frame to frame and compares lengths and checksums.
  private func recordCount(_ url: URL) throws -> Int {
    let bytes = try Data(contentsOf: url)
    var position = 0
    var count = 0
    while position < bytes.count {
      let length = Int(
        bytes[position..<position + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      let record = bytes[position + 12..<position + 12 + length]
      #expect(bytes[position..<position + 16 + length] == RecordFile.framed(Data(record)))
      position += 16 + length
      count += 1
    }
    return count
  }
}
