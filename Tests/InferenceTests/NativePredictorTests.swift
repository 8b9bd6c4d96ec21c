import Foundation
import Inference
import KernelStress
import MultiBox
import TestSupport
import Testing
import Weights

@Suite("The native engine", .serialized)
struct NativePredictorTests {
  /// Without the portable one, which takes seconds for a whole SSD300.
  static let fastSets = InstructionSet.available.filter { $0 != .portable }

  @Test func convolvesAsTheDefinitionSays() {
    #expect(kernel_stress_failures() == 0)
  }

  @Test(arguments: fastSets, [NativePredictor.Packing.once, .everyRun])
  func computesWhatTheReferenceComputes(
    instructionSet: InstructionSet, packing: NativePredictor.Packing
  ) throws {
    let golden = try SafeTensors(
      contentsOf: HashTensor.resource("network_forward.safetensors"))
    try withReferenceModel { model in
      let image = HashTensor.values(3 * 300 * 300, layer: 777).map { $0 * 2 }
      for (precision, tolerance) in [
        (NativePredictor.Precision.float32, Float(1e-4)), (.bfloat16, 3e-2),
      ] where instructionSet.supports(precision) {
        let predictor = try NativePredictor(
          model, precision: precision, packing: packing, instructionSet: instructionSet)
        #expect(predictor.precision == precision)
        let found = try predictor.predict(normalized: image, imageCount: 1)
        let locations = relativeDifference(found.offsets, try golden.floats("locations"))
        let scores = relativeDifference(found.logits, try golden.floats("scores"))
        #expect(locations <= tolerance, "\(precision): locations off by \(locations)")
        #expect(scores <= tolerance, "\(precision): scores off by \(scores)")
      }
    }
  }

  static let tiny: SSDConfiguration = {
    var configuration = SSDConfiguration.ssd300Tiny(classes: ClassList(["cat", "dog"]))
    // No channel count that a block or a vector would like.
    configuration.base.vgg16?.blockChannels = [8, 24, 20, 33, 72]
    return configuration
  }()

  static func pixels(_ count: Int, size: Int = 300) -> [UInt8] {
    HashTensor.values(count * size * size * 3, layer: 5).map { UInt8(($0 + 1) * 127) }
  }

  @Test(arguments: fastSets)
  func saysTheSameWithEveryInstructionSet(instructionSet: InstructionSet) throws {
    try withModel(Self.tiny, values: hashedValues) { model in
      for (precision, tolerance) in [
        (NativePredictor.Precision.float32, Float(2e-5)), (.bfloat16, 3e-2),
      ] where instructionSet.supports(precision) {
        let expected = try NativePredictor(model, precision: precision, instructionSet: .portable)
          .predict(Self.pixels(1), imageCount: 1)
        let found = try NativePredictor(
          model, precision: precision, instructionSet: instructionSet
        ).predict(Self.pixels(1), imageCount: 1)
        #expect(relativeDifference(found.offsets, expected.offsets) <= tolerance)
        #expect(relativeDifference(found.logits, expected.logits) <= tolerance)
      }
    }
  }

  @Test func givesABatchWhatItsImagesGetAlone() throws {
    try withModel(Self.tiny, values: hashedValues) { model in
      let predictor = try NativePredictor(model, precision: .float32)
      // More than run through the network together.
      let count = 9
      let pixels = Self.pixels(count)
      let batch = try predictor.predict(pixels, imageCount: count)
      for image in 0..<count {
        let bytes = 300 * 300 * 3
        let alone = try predictor.predict(
          Array(pixels[image * bytes..<(image + 1) * bytes]), imageCount: 1)
        let rows = image * alone.offsets.count..<(image + 1) * alone.offsets.count
        #expect(Array(batch.offsets[rows]) == alone.offsets)
        let scores = image * alone.logits.count..<(image + 1) * alone.logits.count
        #expect(Array(batch.logits[scores]) == alone.logits)
      }
      #expect(try predictor.predict([], imageCount: 0).offsets.isEmpty)
    }
  }

  @Test(arguments: [1, 2, 3, 7])
  func saysTheSameOnAnyNumberOfThreads(threads: Int) throws {
    try withModel(Self.tiny, values: hashedValues) { model in
      let expected = try NativePredictor(model, precision: .float32, threads: 2)
        .predict(Self.pixels(1), imageCount: 1)
      let predictor = try NativePredictor(model, precision: .float32, threads: threads)
      #expect(predictor.threadCount == threads)
      let found = try predictor.predict(Self.pixels(1), imageCount: 1)
      #expect(found.offsets == expected.offsets && found.logits == expected.logits)
    }
  }

  @Test func answersCallsFromSeveralThreadsAtOnce() async throws {
    try await withModelFile(Self.tiny) { model in
      let predictor = try NativePredictor(model, precision: .float32)
      let images = (0..<4).map { UInt8($0) * 60 }.map {
        [UInt8](repeating: $0, count: 300 * 300 * 3)
      }
      let alone = try images.map { try predictor.predict($0, imageCount: 1).logits }
      try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
        for turn in 0..<12 {
          group.addTask {
            (turn % 4, try predictor.predict(images[turn % 4], imageCount: 1).logits)
          }
        }
        for try await (image, scores) in group { #expect(scores == alone[image]) }
      }
    }
  }

  private func withModelFile(
    _ configuration: SSDConfiguration, _ body: (ImportedModel) async throws -> Void
  ) async throws {
    // The weights are read when the predictor is made; the file may be gone then.
    let model = try withModel(configuration, values: hashedValues) { $0 }
    try await body(model)
  }

  @Test(arguments: SSDConfiguration.presetNames)
  func predictsOneRowForEveryPrior(preset: String) throws {
    let configuration = try #require(
      SSDConfiguration.preset(named: preset, classes: ClassList(["cat", "dog"])))
    try withModel(configuration, values: hashedValues) { model in
      let predictor = try NativePredictor(model)
      let size = configuration.imageSize
      let found = try predictor.predict(Self.pixels(1, size: size), imageCount: 1)
      let priors = PriorBoxes(configuration)
      #expect(found.offsets.count == priors.count * 4)
      #expect(found.logits.count == priors.count * 3)
      #expect(found.offsets.allSatisfy(\.isFinite) && found.logits.allSatisfy(\.isFinite))
      let profile = try predictor.profile(Self.pixels(1, size: size), repetitions: 1)
      let last = try #require(configuration.base.layers.last { $0.operation.convolution != nil })
      #expect(profile.layers.contains { $0.name == last.name && $0.seconds > 0 })
    }
  }

  @Test func keepsNoWeightsThatEveryRunPacks() throws {
    try withModel(Self.tiny, values: hashedValues) { model in
      let packed = try NativePredictor(model, precision: .float32)
      let unpacked = try NativePredictor(model, precision: .float32, packing: .everyRun)
      let count = 3
      let expected = try packed.predict(Self.pixels(count), imageCount: count)
      // Twice, and on others in between: nothing remains of a run.
      for images in [count, 1, count] {
        let found = try unpacked.predict(Self.pixels(images), imageCount: images)
        guard images == count else { continue }
        #expect(relativeDifference(found.offsets, expected.offsets) <= 2e-5)
        #expect(relativeDifference(found.logits, expected.logits) <= 2e-5)
      }
      #expect(packed.weightByteCount > 1 << 20)
      #expect(unpacked.weightByteCount == 0)
    }
  }

  @Test func refusesMapsThatTheLayersDoNotGive() throws {
    var configuration = SSDConfiguration.ssd300Tiny(classes: ClassList(["cat"]))
    configuration.featureMaps[2].size = 11
    let model = ImportedModel(randomWeightsFor: .ssd300Tiny(classes: ClassList(["cat"])))
    let error = #expect(throws: WeightFileError.self) {
      try withModel(configuration, parameters: model.names.map { ($0, try model.tensor($0)) }) {
        _ in
      }
    }
    let text = error?.description ?? ""
    #expect(
      text.contains("`conv8_2`") && text.contains("11 x 11") && text.contains("10 x 10"), "\(text)")
  }

  @Test(
    arguments: [
      "base.conv1_1.weight", "base.conv3_2.weight", "base.bn2_1.running_var",
      "pred_convs.cl_conv7.weight", "pred_convs.loc_conv7.bias", "rescale_factors",
    ], [Float.nan, .infinity])
  func namesTheParameterThatIsNotFinite(name: String, value: Float) throws {
    func values(_ parameter: String, _ shape: [Int]) -> [Float] {
      var values = hashedValues(parameter, shape)
      if parameter == name { values[values.count - 1] = value }
      return values
    }
    try withModel(Self.tiny, values: values) { model in
      for packing in [NativePredictor.Packing.once, .everyRun] {
        let error = #expect(throws: WeightFileError.self) {
          try NativePredictor(model, packing: packing).predict(Self.pixels(1), imageCount: 1)
        }
        #expect(error?.description.contains(name) == true, "\(error?.description ?? "no error")")
      }
    }
  }

  @Test func takesTheInstructionSetFromTheEnvironment() throws {
    let name = InstructionSet.environmentVariable
    #expect(try InstructionSet.chosen(environment: [name: "portable"]) == .portable)
    #expect(try InstructionSet.chosen(environment: [:]) == InstructionSet.available.last)
    #expect(throws: UnavailableInstructionSet.self) {
      try InstructionSet.chosen(environment: [name: "sse9"])
    }
  }
}
