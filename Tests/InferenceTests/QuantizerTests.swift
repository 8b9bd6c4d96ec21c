import Foundation
import Images
import Inference
import MultiBox
import TestSupport
import Testing
import Weights

@Suite("A quantised model", .serialized)
struct QuantizerTests {
  /// Images of which no two are alike.
  static let images: [Image] = (0..<4 as Range<UInt32>).map { seed in
    let pixels = HashTensor.values(75 * 75 * 3, layer: 900 + seed).map { UInt8(($0 + 1) * 127) }
    return Image(width: 75, height: 75, pixels: pixels)
  }

  /// SSD300 with few channels, and batch normalisations to fold.
  static let configuration = SSDConfiguration.ssd300Tiny(classes: ClassList(["cat", "dog"]))

  private func error(_ found: RawPredictions, _ expected: RawPredictions) -> Float {
    var difference: Float = 0
    var length: Float = 0
    for (a, b) in zip(found.offsets + found.logits, expected.offsets + expected.logits) {
      difference += (a - b) * (a - b)
      length += b * b
    }
    return (difference / length).squareRoot()
  }

  @Test func staysCloseToTheModelItCameFrom() throws {
    try withModel(Self.configuration, values: hashedValues) { model in
      let quantized = try Quantizer(model).quantize(calibratedWith: Self.images)
      #expect(quantized.error <= 0.04)
      #expect(!quantized.quantization.ranges.isEmpty)
      try withTemporaryFolder { folder in
        let url = folder.appending(path: "int8.safetensors")
        try quantized.write(to: url)
        let written = try ImportedModel(contentsOf: url)
        let bytes = try #require(
          try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int)
        let original = try #require(
          try FileManager.default.attributesOfItem(atPath: model.url.path)[.size] as? Int)
        #expect(bytes < original * 2 / 3)

        let size = Self.configuration.imageSize
        let pixels = Self.images[0].resized(width: size, height: size).pixels
        let expected = try NativePredictor(model, precision: .float32)
          .predict(pixels, imageCount: 1)
        for instructionSet in InstructionSet.available where instructionSet.supports(.int8) {
          let predictor = try NativePredictor(
            written, precision: .int8, instructionSet: instructionSet)
          #expect(predictor.precision == .int8)
          let off = error(try predictor.predict(pixels, imageCount: 1), expected)
          #expect(off <= 0.06, "\(instructionSet.rawValue): off by \(off)")
        }
        // Read as floats, the weights are off by what the bytes lost.
        let float = try NativePredictor(written, precision: .float32)
          .predict(pixels, imageCount: 1)
        #expect(error(float, expected) <= 0.04)
      }
    }
  }

  @Test func keepsTheMapsThatCostMost() throws {
    try withModel(Self.configuration, values: hashedValues) { model in
      let bytes = try Quantizer(model, tolerance: 1).quantize(calibratedWith: Self.images)
      // Whatever is left of bfloat16 is more than that, and less than what the bytes cost.
      let impossible = try Quantizer(model, tolerance: 1e-6).quantize(calibratedWith: Self.images)
      #expect(impossible.quantization.ranges.isEmpty)
      #expect(impossible.error < bytes.error)
      let strict = try Quantizer(model, tolerance: 0.01).quantize(calibratedWith: Self.images)
      let kept = Set(strict.keptMaps.map(\.name))
      #expect(!kept.isEmpty)
      #expect(kept.isDisjoint(with: strict.quantization.ranges.keys))
      #expect(strict.keptMaps.map(\.error) == strict.keptMaps.map(\.error).sorted(by: >))
    }
  }

  @Test func countsForNothingWithoutAQuantisation() throws {
    try withModel(Self.configuration, values: hashedValues) { model in
      let predictor = try NativePredictor(model, precision: .int8)
      #expect(predictor.precision == .float32)
    }
  }
}
