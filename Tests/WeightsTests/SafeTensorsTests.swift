import Foundation
import TestSupport
import Testing
import Weights

/// A file of a header and as many zero bytes as said.
private func file(_ header: String, data: Int, in folder: URL, length: UInt64? = nil) throws -> URL
{
  var bytes = Data()
  withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) {
    bytes.append(contentsOf: $0)
  }
  bytes.append(contentsOf: header.utf8)
  bytes.append(Data(count: data))
  let url = folder.appending(path: "lying.safetensors")
  try bytes.write(to: url)
  return url
}

@Suite struct SafeTensorsTests {
  @Test func everyElementTypeComesBackAsItWasWritten() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "types.safetensors")
      let floats = StoredTensor(floats: [1.5, -2, 0.25, 65504, 1e-3, -0], shape: [2, 3])
      try SafeTensors.write(
        [
          ("half", floats.converted(to: .float16)), ("whole", floats),
          ("brain", floats.converted(to: .bfloat16)),
          ("count", StoredTensor(integers: [7], shape: [])),
          ("nothing", StoredTensor(floats: [Float](), shape: [0, 4])),
          (
            "odd",
            StoredTensor(shape: [3], scalarType: .uint8) { body in
              try [UInt8(1), 2, 255].withUnsafeBytes(body)
            }
          ),
        ], metadata: ["who": "wrote \"this\" \\ \u{1} é 🐙"], to: url)
      let read = try SafeTensors(contentsOf: url)
      #expect(read.names == ["count", "whole", "nothing", "half", "brain", "odd"])
      #expect(read.metadata == ["who": "wrote \"this\" \\ \u{1} é 🐙"])
      #expect(try read.floats("whole") == [1.5, -2, 0.25, 65504, 1e-3, -0])
      #expect(try read.floats("half") == [1.5, -2, 0.25, 65504, Float(Float16(1e-3)), -0])
      #expect(try read.floats("brain")[0...2] == [1.5, -2, 0.25])
      #expect(abs(try read.floats("brain")[4] - 1e-3) < 1e-3 / 256)
      #expect(try read.integers("count") == [7])
      #expect(try read.tensor("count").shape == [])
      #expect(try read.floats("nothing").isEmpty)
      #expect(try read.integers("odd") == [1, 2, 255])
      #expect(throws: WeightFileError.self) { try read.integers("whole") }
      #expect(throws: WeightFileError.self) { try read.floats("absent") }
    }
  }

  @Test func dataIsAlignedForItsType() throws {
    try withTemporaryFolder { folder in
      // An unpadded header of 7 bytes more or less leaves the data at an odd address.
      for padding in 0..<8 {
        let header =
          #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
          + #""b":{"dtype":"F64","shape":[2],"data_offsets":[1,17]}}"#
          + String(repeating: " ", count: padding)
        let read = try SafeTensors(contentsOf: file(header, data: 17, in: folder))
        try read.withBytes(of: "b") { bytes in
          #expect(UInt(bitPattern: bytes.baseAddress) % 8 == 0)
          #expect(bytes.count == 16)
        }
      }
    }
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, 8, "`}`"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, 8, "follows"),
    (#" {}"#, 0, "begin with"),
    (#"[]"#, 0, "begin with"),
    (
      #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8,
      "needs 12 bytes, but the data has 8"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}}"#, 7,
      "needs 8 bytes, but the data has 7"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, 8,
      "bytes 0..<16, but there are only 8"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "bytes 8..<0"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "begins at byte 4 where 0"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, "begins at byte 4 where 8"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "take 4 bytes, but 8"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, "twice"
    ),
    (#"{"a":{"dtype":"Q4","shape":[8],"data_offsets":[0,8]}}"#, 8, "`Q4`"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "64 bits"
    ),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, 0, "64 bits"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "natural number"),
    (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "`]`"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4, "more than 2"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "missing"),
    (#"{"__metadata__":{"a":"1","a":"2"}}"#, 0, "twice"),
    (#"{"__metadata__":{"a":1}}"#, 0, "expected `\"`"),
    (#"{"a\ud800":{}}"#, 0, "surrogate"),
    ("", 0, "begin with"),
  ])
  func aLyingHeaderIsRefused(header: String, data: Int, complaint: String) throws {
    try withTemporaryFolder { folder in
      let url = try file(header, data: data, in: folder)
      let error = #expect(throws: WeightFileError.self) { try SafeTensors(contentsOf: url) }
      let text = try #require(error).description
      #expect(text.contains(complaint), "\(text)")
      #expect(text.contains(url.path))
    }
  }

  @Test func anEmptyTensorMayHaveHugeDimensions() throws {
    try withTemporaryFolder { folder in
      let header =
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}"#
      let read = try SafeTensors(contentsOf: file(header, data: 0, in: folder))
      #expect(try read.floats("a").isEmpty)
      #expect(try read.tensor("a").byteCount == 0)
    }
  }

  @Test(arguments: [UInt64(3), 1 << 40, .max, .max - 7])
  func aLyingHeaderLengthIsRefused(length: UInt64) throws {
    try withTemporaryFolder { folder in
      let url = try file("{}", data: 0, in: folder, length: length)
      let error = #expect(throws: WeightFileError.self) { try SafeTensors(contentsOf: url) }
      #expect(
        error?.problem == .tooShort(part: "the header", needed: length, available: 2))
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    try withTemporaryFolder { folder in
      #expect(throws: WeightFileError.self) { try SafeTensors(contentsOf: folder) }
      #expect(throws: WeightFileError.self) {
        try SafeTensors(contentsOf: folder.appending(path: "absent"))
      }
      let pipe = folder.appending(path: "pipe")
      mkfifo(pipe.path, 0o600)
      #expect(throws: WeightFileError.self) { try SafeTensors(contentsOf: pipe) }
      let empty = folder.appending(path: "empty")
      try Data().write(to: empty)
      #expect(throws: WeightFileError.self) { try SafeTensors(contentsOf: empty) }
    }
  }

  @Test func aTensorThatFailsLeavesTheOldFileAndNothingElse() throws {
    struct Broken: Error {}
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      try SafeTensors.write([("a", StoredTensor(floats: [Float(1)], shape: [1]))], to: url)
      let before = try Data(contentsOf: url)
      #expect(throws: Broken.self) {
        try SafeTensors.write(
          [
            ("a", StoredTensor(floats: [Float](repeating: 2, count: 1000), shape: [1000])),
            ("b", StoredTensor(shape: [4], scalarType: .float32) { _ in throw Broken() }),
          ], to: url)
      }
      #expect(throws: WeightFileError.self) {
        try SafeTensors.write(
          [
            ("a", StoredTensor(floats: [Float(1)], shape: [1])),
            ("a", StoredTensor(floats: [Float(1)], shape: [1])),
          ],
          to: url)
      }
      #expect(throws: WeightFileError.self) {
        try SafeTensors.write(
          [
            (
              "a",
              StoredTensor(shape: [4], scalarType: .float32) { try $0(.init(start: nil, count: 0)) }
            )
          ],
          to: url)
      }
      #expect(try Data(contentsOf: url) == before)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == [url.lastPathComponent])
    }
  }

  @Test func writingIntoAFolderThatIsNotThereSaysSo() {
    let url = URL(filePath: "/nonexistent/model.safetensors")
    let error = #expect(throws: WeightFileError.self) { try SafeTensors.write([], to: url) }
    #expect(error?.description.contains("No such file or directory") == true)
  }

  @Test func filesOfTheReferenceImplementationOpen() throws {
    let read = try SafeTensors(
      contentsOf: Fixtures.resource("geometry.safetensors", of: "MultiBoxTests"))
    #expect(try read.tensor("priors_center_size").shape == [8732, 4])
    #expect(try read.floats("priors_center_size").count == 8732 * 4)
  }
}

@Suite("Large headers")
struct LargeHeaderTests {
  private func complaint(_ header: [UInt8]) -> String {
    let error = #expect(throws: WeightFileError.self) {
      try SafeTensors(
        MappedFile(littleEndian(UInt64(header.count)) + header, url: URL(filePath: "/test")))
    }
    return error?.description ?? ""
  }

  @Test("a header of nothing but empty tensors ends in an error before it fills the memory")
  func tensors() {
    var header = Array("{".utf8)
    for number in 0..<200_000 {
      header += Array(
        "\"\(number)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},".utf8)
    }
    header[header.count - 1] = UInt8(ascii: "}")
    #expect(complaint(header).contains("more than a file of this size"))
  }

  @Test("strings that do not end are refused")
  func strings() {
    #expect(complaint(Array("{\"abc".utf8)).contains("string without end"))
    #expect(complaint(Array("{\"abc\\".utf8)).contains("string without end"))
    #expect(complaint(Array("{\"abc\\u12".utf8)).contains("string without end"))
  }

  @Test("headers of any length are told from the beginning of a pickle")
  func headersThatLookLikePickles() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      for padding in 0..<64 {
        try SafeTensors.write(
          [("x", StoredTensor(floats: [1], shape: [1]))],
          metadata: ["text": String(repeating: "-", count: 8 * padding)], to: url)
        #expect(try openTensorArchive(url) is SafeTensors, "\(padding)")
      }
    }
  }
}
