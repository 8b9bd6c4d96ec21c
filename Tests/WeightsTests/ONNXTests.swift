import Foundation
import MultiBox
import Protobuf
import TestSupport
import Testing
import Weights

@Suite("ONNX files")
struct ONNXTests {
  /// A message's fields, texts and messages as bytes.
  private struct Message {
    var numbers: [UInt64: [UInt64]] = [:]
    var parts: [UInt64: [[UInt8]]] = [:]

    init(_ bytes: [UInt8]) throws {
      try bytes.withUnsafeBytes { raw in
        var reader = ProtobufReader(raw, 0..<raw.count)
        while let (field, value) = try reader.next() {
          switch value {
          case .number(let number): numbers[field, default: []].append(number)
          case .fixed(let range), .bytes(let range):
            parts[field, default: []].append(Array(raw[range]))
          }
        }
      }
    }

    func texts(_ field: UInt64) -> [String] {
      parts[field, default: []].map { String(decoding: $0, as: UTF8.self) }
    }

    func messages(_ field: UInt64) throws -> [Message] {
      try parts[field, default: []].map(Message.init)
    }
  }

  /// A model whose weights are all the same.
  private func model(in folder: URL) throws -> ImportedModel {
    let configuration = SSDConfiguration.ssd300Tiny(classes: ClassList(["circle", "square"]))
    let file = folder.appending(path: "model.safetensors")
    let text = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
    try SafeTensors.write(
      configuration.parameterShapes.map { name, shape in
        let count = shape.reduce(1, *)
        return (name, StoredTensor(floats: Array(repeating: 0.25, count: count), shape: shape))
      }, metadata: ["configuration": text], to: file)
    return try ImportedModel(contentsOf: file)
  }

  @Test("every name is defined before it is used, and once", arguments: [false, true])
  func assignments(decoded: Bool) throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.onnx")
      let model = try model(in: folder)
      try model.writeONNX(to: url, decoded: decoded, opset: 17)
      let file = try Message(Array(Data(contentsOf: url)))
      #expect(try file.messages(8).map { $0.numbers[2] } == [[17]])
      let graph = try #require(file.messages(7).first)
      var defined: Set<String> = []
      for value in try graph.messages(11) { defined.formUnion(value.texts(1)) }
      #expect(defined == ["images"])
      for constant in try graph.messages(5) {
        for name in constant.texts(8) { #expect(defined.insert(name).inserted, "\(name)") }
      }
      for node in try graph.messages(1) {
        for name in node.texts(1) { #expect(defined.contains(name), "\(name)") }
        for name in node.texts(2) { #expect(defined.insert(name).inserted, "\(name)") }
      }
      let outputs = try graph.messages(12).flatMap { $0.texts(1) }
      #expect(outputs == (decoded ? ["boxes", "probabilities"] : ["locations", "scores"]))
      #expect(defined.isSuperset(of: outputs))
    }
  }

  @Test("constants have the names, shapes and bytes of the weights")
  func constants() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.onnx")
      let model = try model(in: folder)
      try model.writeONNX(to: url)
      let graph = try #require(Message(Array(Data(contentsOf: url))).messages(7).first)
      var constants: [String: Message] = [:]
      for constant in try graph.messages(5) { constants[constant.texts(8)[0]] = constant }
      for (name, shape) in model.configuration.parameterShapes {
        let constant = try #require(constants[name], "\(name)")
        #expect(constant.numbers[1]?.map { Int($0) } == shape, "\(name)")
        #expect(constant.numbers[2] == [1])
        #expect(constant.parts[9]?.first?.count == 4 * shape.reduce(1, *))
      }
      #expect(constants["rescale_factors"]?.parts[9]?.first?.prefix(4) == [0, 0, 0x80, 0x3E])
    }
  }
}
