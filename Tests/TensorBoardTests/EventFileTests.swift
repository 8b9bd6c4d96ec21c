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

  /// Expected bytes, behind the time: swift-protobuf 1.39 with TensorFlow's message definitions.
  @Test func `events have the bytes that a protobuf compiler's code writes`() throws {
    try withTemporaryFolder { folder in
      let file = try EventFile(in: folder, resumingAfter: 20)
      try file.append(
        [.scalar(0.5, "loss"), .scalar(0, "zero"), .scalar(-2.25e-7, "rate")], step: 1)
      try file.append([], step: 300)
      try file.append(
        [.picture(Data([1, 2, 3, 250]), width: 300, height: 200, "pictures/first")], step: 70000)
      let curve = PrecisionRecallCurve(
        scores: [0.9, 0.6, 0.5, 0.2], isHit: [true, false, true, true], objectCount: 4)
      try file.append([.precisionRecall(curve, "classes/blüte", thresholdCount: 5)], step: 1 << 40)
      let expected = [
        "1a0d627261696e2e4576656e743a32",
        "10153a020801",
        "10012a270a0b0a046c6f7373150000003f0a0b0a047a65726f15000000000a0b0a04726174651587"
          + "9771b4",
        "10ac022a00",
        "10f0a2042a220a200a0e70696374757265732f6669727374220e08c80110ac0218032204010203fa",
        "108080808080202ab1010aae010a0e636c61737365732f626cc3bc74654286010801120812020806"
          + "120208052a780000404000000040000000400000803f000000000000803f0000803f0000803f0000"
          + "00000000000000000000000000000000000000000000000000000000803f00000040000000400000"
          + "4040000080400000403fabaa2a3fabaa2a3f0000803f0000803f0000403f0000003f0000003f0000"
          + "803e000000004a130a0f0a0970725f637572766573120210052002",
      ]
      let found = try records(of: file.url).map { record in
        record.dropFirst(9).map { String(format: "%02x", $0) }.joined()
      }
      #expect(found == expected)
    }
  }

  private func recordCount(_ url: URL) throws -> Int { try records(of: url).count }

  /// Goes from frame to frame and compares lengths and checksums.
  private func records(of url: URL) throws -> [Data] {
    let bytes = try Data(contentsOf: url)
    var position = 0
    var records: [Data] = []
    while position < bytes.count {
      let length = Int(
        bytes[position..<position + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      let record = Data(bytes[position + 12..<position + 12 + length])
      #expect(bytes[position..<position + 16 + length] == RecordFile.framed(record))
      position += 16 + length
      records.append(record)
    }
    return records
  }
}
