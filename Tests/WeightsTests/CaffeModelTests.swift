import Foundation
import TestSupport
import Testing
import Weights

@Suite("Caffe models")
struct CaffeModelTests {
  private func open(_ write: (inout ProtobufWriter) -> Void) throws -> CaffeModel {
    var model = ProtobufWriter()
    write(&model)
    return try CaffeModel(MappedFile(model.bytes, url: URL(filePath: "/test.caffemodel")))
  }

  private func layer(
    _ model: inout ProtobufWriter, _ name: String, shape: [UInt8] = [2, 3],
    data: [UInt8] = littleEndian([1, 2, 3, 4, 5, 6])
  ) {
    model.field(100) { layer in
      layer.field(1, bytes: Array(name.utf8))
      layer.field(7) { blob in
        blob.field(7) { $0.field(1, bytes: shape) }
        blob.field(5, bytes: data)
      }
    }
  }

  @Test("a layer's arrays are its weight and its bias")
  func arrays() throws {
    let model = try open { model in
      model.field(1, bytes: Array("VGG".utf8))
      model.field(100) { layer in
        layer.field(1, bytes: Array("conv1".utf8))
        for _ in 0..<3 {
          layer.field(7) { blob in
            // Dimensions that are not packed.
            blob.field(7) { $0.field(1, number: 2) }
            blob.field(8, bytes: littleEndian((1.5).bitPattern) + littleEndian((2.5).bitPattern))
          }
        }
      }
    }
    #expect(model.metadata == ["name": "VGG"])
    #expect(model.names == ["conv1.weight", "conv1.bias", "conv1.2"])
    #expect(try model.floats("conv1.bias") == [1.5, 2.5])
    #expect(try model.tensor("conv1.weight").scalarType == .float64)
  }

  @Test("the older format has four dimensions always")
  func older() throws {
    let model = try open { model in
      model.field(2) { layer in
        layer.field(4, bytes: Array("fc".utf8))
        layer.field(6) { blob in
          for (field, length) in [(1, 1), (2, 1), (3, 2), (4, 3)] as [(UInt64, UInt64)] {
            blob.field(field, number: length)
          }
          blob.field(5, bytes: littleEndian([1, 2, 3, 4, 5, 6]))
        }
      }
    }
    #expect(try model.tensor("fc.weight").shape == [1, 1, 2, 3])
  }

  @Test("priors are read where the file describes them")
  func priors() throws {
    let model = try open { model in
      model.field(100) { layer in
        layer.field(1, bytes: Array("fc7_mbox_priorbox".utf8))
        layer.field(203) { priors in
          priors.field(1, float: 60)
          priors.field(2, float: 111)
          priors.field(3, float: 2)
          priors.field(3, float: 3)
          priors.field(4, number: 1)
          priors.field(5, number: 0)
          priors.field(6, bytes: littleEndian([0.1, 0.1, 0.2, 0.2]))
          priors.field(10, float: 16)
          priors.field(13, float: 0.5)
        }
      }
    }
    var expected = CaffePriorLayer()
    expected.minimumSizes = [60]
    expected.maximumSizes = [111]
    expected.aspectRatios = [2, 3]
    expected.variances = [0.1, 0.1, 0.2, 0.2]
    expected.step = 16
    #expect(model.priorLayers == ["fc7_mbox_priorbox": expected])
  }

  @Test("arrays that are not as long as their shape are refused, with both sizes")
  func sizes() {
    let error = #expect(throws: WeightFileError.self) {
      try open { layer(&$0, "conv", shape: [2, 4]) }
    }
    #expect(
      error?.problem
        == .sizeMismatch(shape: [2, 4], scalarType: .float32, needed: 32, found: 24))
    #expect(error?.tensor == "conv.weight")
    let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 4]
    #expect(throws: WeightFileError.self) { try open { layer(&$0, "conv", shape: huge) } }
    #expect(throws: WeightFileError.self) {
      try open { layer(&$0, "conv", shape: [UInt8](repeating: 1, count: 40)) }
    }
  }

  @Test("two layers of one name are refused when both have weights")
  func twins() {
    #expect(throws: WeightFileError.self) {
      try open {
        layer(&$0, "conv")
        layer(&$0, "conv")
      }
    }
  }

  @Test("every truncation of a message ends in an error or loses layers, and never the process")
  func truncation() {
    var model = ProtobufWriter()
    layer(&model, "a")
    let whole = model.bytes
    for count in 1..<whole.count {
      #expect(throws: WeightFileError.self) {
        try CaffeModel(MappedFile(Array(whole[..<count]), url: URL(filePath: "/test")))
      }
    }
  }

  @Test(
    "bytes that are no message are refused",
    arguments: [
      [0x00], [0x0B], [0x0C], [0x0A, 0x05],
      [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0x0D, 1, 2],
      [0x0A, 0x01, 0xFF],
    ] as [[UInt8]])
  func nonsense(bytes: [UInt8]) {
    #expect(throws: WeightFileError.self) {
      try CaffeModel(MappedFile(bytes, url: URL(filePath: "/test")))
    }
  }
}
