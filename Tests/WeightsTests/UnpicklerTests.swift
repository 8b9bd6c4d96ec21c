import Foundation
import TestSupport
import Testing
import Weights

/// A checkpoint in memory, in the legacy container unless `zip` is true.
private func archive(
  protocolVersion: UInt8 = 2, storages: [(key: String, elementCount: Int, data: [UInt8])] = [],
  _ write: (inout PickleWriter) -> Void
) throws -> TorchArchive {
  var pickle = PickleWriter(protocolVersion: protocolVersion)
  write(&pickle)
  return try TorchArchive(
    MappedFile(
      TorchWriter.legacy(pickle.finished, storages: storages), url: URL(filePath: "/test.pth")))
}

/// The error that opening a checkpoint ends in.
private func problem(
  protocolVersion: UInt8 = 2, storages: [(key: String, elementCount: Int, data: [UInt8])] = [],
  sourceLocation: SourceLocation = #_sourceLocation, _ write: (inout PickleWriter) -> Void
) -> WeightFileError.Problem? {
  let error = #expect(throws: WeightFileError.self, sourceLocation: sourceLocation) {
    try archive(protocolVersion: protocolVersion, storages: storages, write)
  }
  return error?.problem
}

@Suite("Opcodes of pickles")
struct UnpicklerTests {
  @Test(
    "a value is what Python makes of it",
    arguments: [
      ([UInt8(ascii: "K"), 7], "7"),
      ([UInt8(ascii: "M"), 0x01, 0x02], "513"),
      ([UInt8(ascii: "J"), 0xFB, 0xFF, 0xFF, 0xFF], "-5"),
      ([0x8A, 0], "0"),
      ([0x8A, 1, 0xFF], "-1"),
      ([0x8A, 2, 0xFF, 0x00], "255"),
      ([0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], "-9223372036854775808"),
      ([0x8B, 3, 0, 0, 0, 0x00, 0x00, 0x80], "-8388608"),
      ([UInt8(ascii: "G"), 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], "1.5"),
      ([0x88], "true"), ([0x89], "false"),
      ([UInt8(ascii: "X"), 2, 0, 0, 0, 0xC3, 0xA9], "é"),
      ([0x8C, 1, 0x61], "a"),
      ([0x8D, 1, 0, 0, 0, 0, 0, 0, 0, 0x62], "b"),
      ([UInt8(ascii: "U"), 1, 0x63], "c"),
      ([UInt8(ascii: "T"), 1, 0, 0, 0, 0x64], "d"),
      // Stored, forgotten, recalled; marked and dropped; doubled and dropped.
      ([0x88, UInt8(ascii: "q"), 9, 0x30, UInt8(ascii: "h"), 9], "true"),
      (
        [0x88, UInt8(ascii: "r"), 9, 9, 0, 0, 0x30, UInt8(ascii: "j"), 9, 9, 0, 0], "true"
      ),
      ([0x88, 0x94, 0x30, UInt8(ascii: "h"), 0], "true"),
      ([0x88, UInt8(ascii: "("), 0x89, 0x89, 0x31], "true"),
      ([0x88, 0x32, 0x30], "true"),
      ([0x88, UInt8(ascii: "("), 0x30], "true"),
      ([0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x88], "true"),
    ] as [([UInt8], String)])
  func value(opcodes: [UInt8], text: String) throws {
    let archive = try archive {
      $0.dictionary { w in
        w.text("value")
        w.raw(opcodes)
      }
    }
    #expect(archive.metadata["value"] == text)
  }

  @Test("protocols 2 to 5 are read", arguments: UInt8(2)...5)
  func protocols(version: UInt8) throws {
    #expect(try archive(protocolVersion: version) { $0.opcode("}") }.names.isEmpty)
  }

  @Test("other protocols are refused", arguments: [0, 1, 6, 255] as [UInt8])
  func otherProtocols(version: UInt8) {
    #expect(
      problem(protocolVersion: version) { $0.opcode("}") }?.description.contains(
        "protocol \(version)") == true)
  }

  @Test(
    "what makes no sense is refused",
    arguments: [
      // An empty stack, no mark, an empty memo, two values left, a mark left.
      [0x30], [0x85], [UInt8(ascii: "t")], [UInt8(ascii: "h"), 3], [0x88, 0x88],
      [0x88, UInt8(ascii: "(")],
      // Below a mark.
      [0x88, UInt8(ascii: "("), 0x85, 0x31],
      // An odd dictionary; keys in a list; items in a dictionary; a state for a number.
      [UInt8(ascii: "("), 0x88, UInt8(ascii: "d")],
      [UInt8(ascii: "]"), 0x88, 0x88, UInt8(ascii: "s")],
      [UInt8(ascii: "}"), 0x88, UInt8(ascii: "a")],
      [0x88, 0x88, UInt8(ascii: "b")],
      // A call of a number, arguments that are none, a persistent id that is none.
      [0x88, UInt8(ascii: ")"), UInt8(ascii: "R")], [UInt8(ascii: ")"), UInt8(ascii: "Q")],
      // Opcodes that import, instantiate or reach outside.
      [UInt8(ascii: "i")], [UInt8(ascii: "o")], [0x82, 1], [0x83, 1, 0], [0x84, 1, 0, 0, 0],
      [UInt8(ascii: "P"), 0x0A], [0x97], [0x98],
      // Texts of protocols 0 and 1.
      [UInt8(ascii: "I"), 0x31, 0x0A], [UInt8(ascii: "S"), 0x27, 0x27, 0x0A], [0xFF], [0],
      // Lengths beyond the end.
      [UInt8(ascii: "X"), 0xFF, 0xFF, 0xFF, 0xFF], [0x8B, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x8E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
      [0x95, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
      [UInt8(ascii: "c"), 0x61],
    ] as [[UInt8]])
  func nonsense(opcodes: [UInt8]) {
    _ = problem { $0.raw(opcodes) }
  }

  @Test(
    "names that no weights need are refused, and named",
    arguments: [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"),
      ("__builtin__", "exec"), ("subprocess", "Popen"), ("torch", "load"), ("torch.hub", "load"),
      ("collections", "OrderedDict.__init__"), ("torch._utils", "_rebuild_tensor_v2.__globals__"),
      // Protocol 4 would walk along the dots.
      ("torch.nn.modules.module", "torch.os.system"), ("torch.nn.modules.", "system"),
      ("torch.nn.modules..os", "system"), ("torch.optim.x y", "system"), ("model", "Other"),
      ("torch.nn.modulesX", "Conv2d"),
    ])
  func forbidden(module: String, name: String) {
    #expect(problem { $0.global(module, name) } == .forbiddenGlobal("\(module).\(name)"))
    let byStack = problem { w in
      w.text(module)
      w.text(name)
      w.raw([0x93])
    }
    #expect(byStack == .forbiddenGlobal("\(module).\(name)"))
  }

  @Test("classes of layers are recorded, not made", arguments: [0x81, 0x92, 0x52] as [UInt8])
  func layers(opcode: UInt8) throws {
    let archive = try archive { w in
      w.global("torch.nn.modules.conv", "Conv2d")
      w.opcode(")")
      if opcode == 0x92 { w.opcode("}") }
      w.raw([opcode])
    }
    #expect(archive.names.isEmpty)
  }

  @Test("a pickle that holds itself is refused")
  func cycle() {
    let text = problem { w in
      w.opcode("]")
      w.raw([UInt8(ascii: "q"), 0, UInt8(ascii: "h"), 0, UInt8(ascii: "a")])
    }
    #expect(text?.description.contains("nested more than") == true)
  }

  @Test("a million nested lists end in an error, not in a stack overflow")
  func depth() {
    _ = problem { w in
      for _ in 0..<1_000_000 { w.opcode("]") }
      for _ in 0..<999_999 { w.opcode("a") }
    }
    let shallower = problem { w in
      for _ in 0..<20_000 { w.opcode("]") }
      for _ in 0..<19_999 { w.opcode("a") }
    }
    #expect(shallower?.description.contains("nested more than") == true)
  }

  @Test("lists that double with every level end in an error")
  func doubling() {
    let text = problem { w in
      w.opcode("]")
      w.raw([UInt8(ascii: "q"), 0])
      for level in 1..<90 {
        w.opcode("]")
        w.raw([UInt8(ascii: "q"), UInt8(level)])
        for _ in 0..<10 { w.raw([UInt8(ascii: "h"), UInt8(level - 1), UInt8(ascii: "a")]) }
      }
      w.raw([0x86])
    }
    #expect(text != nil)
  }

  @Test("copies of a large list end in an error before they fill the memory")
  func copies() {
    let text = problem { w in
      w.global("builtins", "list")
      w.raw([UInt8(ascii: "q"), 1])
      w.opcode("]")
      w.opcode("(")
      for _ in 0..<100_000 { w.opcode("N") }
      w.opcode("e")
      w.raw([0x85, UInt8(ascii: "q"), 2])
      for _ in 0..<100_000 { w.raw([UInt8(ascii: "h"), 1, UInt8(ascii: "h"), 2, 0x52]) }
    }
    #expect(text?.description.contains("more than a file of this size") == true)
  }
}

@Suite("Tensors in pickles")
struct PickledTensorTests {
  private let numbers = (0..<12).map(Float.init)
  private var storages: [(key: String, elementCount: Int, data: [UInt8])] {
    [("0", 12, littleEndian(numbers))]
  }

  private func tensor(
    offset: Int = 0, shape: [Int], strides: [Int], count: Int = 12
  ) throws -> TorchArchive {
    try archive(storages: storages) { w in
      w.dictionary { w in
        w.text("a")
        w.tensor(storage: "0", count: count, offset: offset, shape: shape, strides: strides)
      }
    }
  }

  @Test("a view is read as it is seen, whatever its strides")
  func views() throws {
    #expect(try tensor(shape: [3, 4], strides: [4, 1]).floats("a") == numbers)
    #expect(
      try tensor(shape: [4, 3], strides: [1, 4]).floats("a")
        == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    #expect(try tensor(offset: 5, shape: [2, 2], strides: [4, 2]).floats("a") == [5, 7, 9, 11])
    #expect(
      try tensor(offset: 3, shape: [2, 3], strides: [0, 1]).floats("a") == [3, 4, 5, 3, 4, 5])
    #expect(try tensor(offset: 11, shape: [], strides: []).floats("a") == [11])
    #expect(try tensor(offset: 12, shape: [0, 9], strides: [9, 1]).floats("a") == [])
    #expect(try tensor(shape: [2, 1, 2, 3], strides: [6, 99, 3, 1]).floats("a") == numbers)
  }

  @Test(
    "a view that reaches outside its storage is refused",
    arguments: [
      (0, [13], [1]), (12, [1], [1]), (1, [3, 4], [4, 1]), (-1, [1], [1]), (0, [2, 2], [11, 1]),
      (0, [-1], [1]), (0, [2], [-1]), (0, [2, 2], [1]), (0, [.max, .max], [0, 0]),
      (0, [.max], [2]), (.max, [2], [1]), (0, [3], [.max]),
      (0, [1 << 31, 1 << 31, 4], [0, 0, 0]),
    ])
  func outside(offset: Int, shape: [Int], strides: [Int]) {
    #expect(throws: WeightFileError.self) {
      try tensor(offset: offset, shape: shape, strides: strides)
    }
  }

  @Test("a view that repeats an element a trillion times is refused")
  func expansion() {
    let error = #expect(throws: WeightFileError.self) {
      try tensor(shape: [1_000_000, 1_000_000], strides: [0, 0])
    }
    #expect(error?.description.contains("a view of 4000000000000 bytes") == true)
  }

  @Test("two tensors may share a storage")
  func sharing() throws {
    let archive = try archive(storages: storages) { w in
      w.dictionary { w in
        for (name, offset) in [("a", 0), ("b", 6)] {
          w.text(name)
          w.tensor(storage: "0", count: 12, offset: offset, shape: [6], strides: [1])
        }
      }
    }
    #expect(archive.names == ["a", "b"])
    #expect(try archive.floats("a") + archive.floats("b") == numbers)
  }

  @Test("a storage that is shorter in the file than in the pickle is refused, with both sizes")
  func shortStorage() {
    let error = #expect(throws: WeightFileError.self) {
      try tensor(shape: [13], strides: [1], count: 13)
    }
    #expect(error?.tensor == "a")
    #expect(
      error?.problem == .tooShort(part: "its storage `0`", needed: 52, available: 48))
  }

  @Test(
    "every element type is read",
    arguments: [
      ("DoubleStorage", 8, littleEndian(UInt64(0xBFF8_0000_0000_0000)), -1.5),
      ("FloatStorage", 4, littleEndian(Float(-1.5).bitPattern), -1.5),
      ("HalfStorage", 2, littleEndian(UInt16(0xBE00)), -1.5),
      ("BFloat16Storage", 2, littleEndian(UInt16(0xBFC0)), -1.5),
      ("LongStorage", 8, littleEndian(Int64(-3)), -3),
      ("IntStorage", 4, littleEndian(Int32(-3)), -3),
      ("ShortStorage", 2, littleEndian(Int16(-3)), -3), ("CharStorage", 1, [0xFD], -3),
      ("ByteStorage", 1, [0xFD], 253), ("BoolStorage", 1, [1], 1),
    ] as [(String, Int, [UInt8], Float)])
  func elementTypes(type: String, size: Int, element: [UInt8], value: Float) throws {
    let archive = try archive(storages: [("x", 2, element + element)]) { w in
      w.tensor(storage: "x", type: type, count: 2, shape: [2], strides: [1])
    }
    #expect(archive.names == ["tensor"])
    #expect(try archive.floats("tensor") == [value, value])
    #expect(try archive.tensor("tensor").scalarType.byteCount == size)
  }

  @Test("elements that are not read here are refused by name")
  func otherElementTypes() {
    #expect(
      problem { w in
        w.tensor(storage: "x", type: "ComplexFloatStorage", count: 2, shape: [2], strides: [1])
      } == .forbiddenGlobal("torch.ComplexFloatStorage"))
  }

  @Test("of a pickled module, parameters, buffers, attributes and children are found")
  func module() throws {
    let archive = try archive(storages: storages) { w in
      func parameter(_ w: inout PickleWriter, _ name: String, _ offset: Int) {
        w.text(name)
        w.global("torch._utils", "_rebuild_parameter")
        w.tuple { w in
          w.tensor(storage: "0", count: 12, offset: offset, shape: [2], strides: [1])
          w.raw([0x88])
          w.global("collections", "OrderedDict")
          w.raw([UInt8(ascii: ")"), UInt8(ascii: "R")])
        }
        w.opcode("R")
      }
      w.dictionary { w in
        w.text("epoch")
        w.integer(7)
        w.text("model")
        w.object("model", "SSD300") { w in
          w.dictionary { w in
            w.text("_parameters")
            w.dictionary { w in
              parameter(&w, "factors", 0)
              w.text("absent")
              w.opcode("N")
            }
            w.text("_buffers")
            w.dictionary { w in
              w.text("mean")
              w.tensor(storage: "0", count: 12, offset: 2, shape: [2], strides: [1])
            }
            w.text("priors")
            w.tensor(storage: "0", count: 12, offset: 4, shape: [2], strides: [1])
            w.text("_modules")
            w.dictionary { w in
              w.text("conv")
              w.object("torch.nn.modules.conv", "Conv2d") { w in
                w.dictionary { w in
                  w.text("_parameters")
                  w.dictionary { w in parameter(&w, "weight", 6) }
                }
              }
            }
          }
        }
        w.text("optimizer")
        w.object("torch.optim.sgd", "SGD") { w in
          w.dictionary { w in
            w.text("state")
            w.opcode("}")
          }
        }
      }
    }
    #expect(archive.metadata == ["epoch": "7"])
    #expect(
      archive.names == ["model.factors", "model.mean", "model.priors", "model.conv.weight"])
    #expect(try archive.floats("model.conv.weight") == [6, 7])
  }

  @Test("classes that were saved with their source text, as before PyTorch 1.2, are recorded too")
  func sourceText() throws {
    let archive = try archive { w in
      w.tuple { w in
        w.text("module")
        w.global("model", "SSD300")
        w.text("/home/somebody/model.py")
        w.text("class SSD300: ...")
      }
      w.opcode("Q")
      w.raw([UInt8(ascii: ")"), 0x81])
    }
    #expect(archive.names.isEmpty)
    let other = problem { w in
      w.tuple { w in
        w.text("module")
        w.text("os.system")
      }
      w.opcode("Q")
    }
    #expect(other?.description.contains("describes no storage") == true)
  }

  @Test("parameters of PyTorch 0.4, and the backend that its layers refer to")
  func formerParameters() throws {
    let archive = try archive(storages: storages) { w in
      w.dictionary { w in
        w.text("weight")
        w.global("torch.nn.parameter", "Parameter")
        w.tuple { w in
          w.tensor(storage: "0", count: 12, shape: [2], strides: [1])
          w.raw([0x88])
        }
        w.opcode("R")
        w.text("backend")
        w.global("torch.nn.backends.thnn", "_get_thnn_function_backend")
        w.raw([UInt8(ascii: ")"), UInt8(ascii: "R")])
      }
    }
    #expect(archive.names == ["weight"])
    #expect(try archive.floats("weight") == [0, 1])
  }

  @Test("a storage may be bytes, and its tensors say what they are")
  func untypedStorage() throws {
    var pickle = PickleWriter()
    pickle.global("torch._utils", "_rebuild_tensor_v3")
    pickle.tuple { w in
      w.tuple { w in
        w.text("storage")
        w.global("torch.storage", "UntypedStorage")
        w.text("0")
        w.text("cpu")
        w.integer(48)
      }
      w.opcode("Q")
      w.integer(8)
      w.integers([4])
      w.integers([1])
      w.raw([0x89, UInt8(ascii: "N")])
      w.global("torch", "float32")
      w.raw([UInt8(ascii: "N")])
    }
    pickle.opcode("R")
    let data = littleEndian(numbers)
    for file in [
      TorchWriter.zip(pickle.finished, storages: [("0", data)]),
      TorchWriter.legacy(pickle.finished, storages: [("0", 48, data)]),
    ] {
      let archive = try TorchArchive(MappedFile(file, url: URL(filePath: "/test.pth")))
      #expect(try archive.floats("tensor") == [8, 9, 10, 11])
    }
  }
}

@Suite("PyTorch's containers")
struct TorchContainerTests {
  private let pickle: [UInt8] = {
    var pickle = PickleWriter()
    pickle.dictionary { w in
      w.text("a")
      w.tensor(storage: "0", count: 3, shape: [3], strides: [1])
    }
    return pickle.finished
  }()
  private let data = littleEndian([1, 2, 3])

  private func open(_ bytes: [UInt8]) throws -> TorchArchive {
    try TorchArchive(MappedFile(bytes, url: URL(filePath: "/test.pth")))
  }

  private func complaint(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    let error = #expect(throws: WeightFileError.self, sourceLocation: sourceLocation) {
      let archive = try open(bytes)
      for name in archive.names { _ = try archive.floats(name) }
    }
    return error?.description ?? ""
  }

  @Test("both hold the same")
  func both() throws {
    let zip = try open(TorchWriter.zip(pickle, storages: [("0", data)]))
    let legacy = try open(TorchWriter.legacy(pickle, storages: [("0", 3, data)]))
    #expect(try zip.floats("a") == [1, 2, 3])
    #expect(try legacy.floats("a") == [1, 2, 3])
    #expect(zip.container == .zip && legacy.container == .legacy)
  }

  @Test("numbers in the other byte order are refused")
  func bigEndian() {
    let zip = TorchWriter.zip(pickle, storages: [("0", data)], byteOrder: "big")
    #expect(complaint(zip).contains("not little-endian"))
    let legacy = TorchWriter.legacy(pickle, storages: [("0", 3, data)], isLittleEndian: false)
    #expect(complaint(legacy).contains("not little-endian"))
  }

  @Test("archives beyond four gigabytes have their sizes elsewhere")
  func zip64() throws {
    var zip = ZipWriter()
    zip.add("x/data.pkl", pickle, usesZip64: true)
    zip.add("x/data/0", data, usesZip64: true)
    #expect(try open(zip.finished(usesZip64: true)).floats("a") == [1, 2, 3])
    #expect(try open(zip.finished()).floats("a") == [1, 2, 3])
  }

  @Test("damaged data is found by its checksum, and a checksum of 0 is none")
  func checksums() throws {
    var zip = ZipWriter()
    zip.add("x/data.pkl", pickle)
    zip.add("x/data/0", data, checksum: 12345)
    #expect(complaint(zip.finished()).contains("checksum"))
    var other = ZipWriter()
    other.add("x/data.pkl", pickle, checksum: 0)
    other.add("x/data/0", data, checksum: 0)
    #expect(try open(other.finished()).floats("a") == [1, 2, 3])
    var third = ZipWriter()
    third.add("x/data.pkl", pickle, checksum: 1)
    #expect(complaint(third.finished()).contains("checksum of `x/data.pkl`"))
  }

  @Test("archives that are not as torch writes them are refused")
  func otherArchives() {
    var compressed = ZipWriter()
    compressed.add("x/data.pkl", pickle, method: 8)
    #expect(complaint(compressed.finished()).contains("is compressed (method 8)"))
    var two = ZipWriter()
    two.add("x/data.pkl", pickle)
    two.add("y/data.pkl", pickle)
    #expect(complaint(two.finished()).contains("2 pickles"))
    var twins = ZipWriter()
    twins.add("x/data.pkl", pickle)
    twins.add("x/data.pkl", pickle)
    #expect(complaint(twins.finished()).contains("twice"))
    #expect(complaint(TorchWriter.zip(pickle)).contains("storage `0` is not in the file"))
    #expect(complaint(ZipWriter().finished()).contains("0 pickles"))
  }

  @Test("every truncation ends in an error")
  func truncation() {
    for file in [
      TorchWriter.zip(pickle, storages: [("0", data)]),
      TorchWriter.legacy(pickle, storages: [("0", 3, data)]),
    ] {
      for count in 0..<file.count { #expect(!complaint(Array(file[..<count])).isEmpty) }
    }
  }

  @Test("no flipped bit of a zip archive goes unnoticed in a tensor's data")
  func flips() throws {
    let file = TorchWriter.zip(pickle, storages: [("0", data)])
    for position in file.indices {
      for bit in 0..<8 {
        var damaged = file
        damaged[position] ^= 1 << UInt8(bit)
        guard let archive = try? open(damaged), archive.names == ["a"],
          let values = try? archive.floats("a")
        else { continue }
        #expect(values == [1, 2, 3], "byte \(position), bit \(bit)")
      }
    }
  }
}
