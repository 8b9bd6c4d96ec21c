import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

@Suite("ssd convert and ssd inspect")
struct ConvertCommandTests {
  private func inspect(_ file: URL) throws -> [String: Any] {
    let outcome = try CommandLineTool.run(["inspect", file.path, "--json", "-"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test func aConvertedModelHasTheSameWeightsAndConfiguration() throws {
    try withTemporaryFolder { folder in
      let source = folder.appending(path: "model.safetensors")
      let network = SSDNetwork(.ssd300Tiny(classes: ClassList(["circle", "square"])))
      try ModelFile.write(network, to: source)
      let copy = folder.appending(path: "copy.safetensors")
      let outcome = try CommandLineTool.run(["convert", source.path, copy.path])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("SSD of swift-ssd"))
      let (first, second) = try (
        ImportedModel(contentsOf: source), ImportedModel(contentsOf: copy)
      )
      #expect(second.configuration == network.configuration)
      for name in first.names { #expect(try first.floats(name) == second.floats(name)) }

      let half = folder.appending(path: "half.safetensors")
      #expect(try CommandLineTool.run(["convert", source.path, half.path, "--half"]).status == 0)
      let small = try ImportedModel(contentsOf: half)
      let kernel = "base.conv7.weight"
      #expect(try small.tensor(kernel).scalarType == .float16)
      #expect(try small.floats(kernel) == first.floats(kernel).map { Float(Float16($0)) })
      // Reading makes float32 of it again.
      let network16 = try SSDNetwork(contentsOf: half)
      #expect(network16.state.allSatisfy { $0.tensor.scalarType == .float32 })
    }
  }

  @Test(arguments: [1, Double.infinity])
  func numbersThatAreNotFiniteAreToldOf(value: Double) throws {
    try withTemporaryFolder { folder in
      let source = folder.appending(path: "model.safetensors")
      let network = SSDNetwork(.ssd300Tiny(classes: ClassList(["circle"])))
      let bias = try #require(network.state.first { $0.name == "base.conv7.bias" }).tensor
      bias.assign(Tensor.full([], value: value))
      try ModelFile.write(network, to: source)
      let note = "base.conv7.bias holds numbers that are not finite"
      let copy = folder.appending(path: "copy.safetensors").path
      let converted = try CommandLineTool.run(["convert", source.path, copy, "--half"])
      #expect(converted.output.contains(note) == !value.isFinite)
      let notes = try #require(inspect(source)["notes"] as? [String])
      #expect(notes.contains { $0.hasPrefix(note) } == !value.isFinite)
      let exported = folder.appending(path: "exported.onnx").path
      let errors = try CommandLineTool.run(["export", copy, exported]).errors
      #expect(errors.contains(note) == !value.isFinite)
    }
  }

  @Test func anExistingFileIsReplacedOnlyByForce() throws {
    try withTemporaryFolder { folder in
      let source = folder.appending(path: "model.safetensors")
      try ModelFile.write(SSDNetwork(.ssd300Tiny(classes: ClassList(["circle"]))), to: source)
      let refused = try CommandLineTool.run(["convert", source.path, source.path])
      #expect(refused.status == 1)
      #expect(refused.errors.contains("--force"))
      #expect(
        try CommandLineTool.run(["convert", source.path, source.path, "--force"]).status == 0)
      #expect(try inspect(source)["layout"] as? String == "swiftSSD")
    }
  }

  @Test func aModelIsDescribed() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "last.safetensors")
      let network = SSDNetwork(.ssd300Tiny(classes: ClassList(["circle", "square"])))
      try ModelFile.write(
        network, metadata: ["training": #"{"iteration":1200,"best":0.625,"configuration":{}}"#],
        to: file)
      let found = try inspect(file)
      #expect(found["priors"] as? Int == 8732)
      #expect(found["parameters"] as? Int == network.parameters.reduce(0) { $0 + $1.tensor.count })
      let training = try #require(found["training"] as? [String: Any])
      #expect(training["iteration"] as? Int == 1200)
      #expect(training["best"] as? Double == 0.625)
      let text = try CommandLineTool.run(["inspect", file.path, "--tensors"]).output
      #expect(text.contains("circle, square"))
      #expect(text.contains("iteration 1200, best score 0.6250"))
      #expect(text.contains("conv11_2 1x1x4"))
      #expect(text.contains("pred_convs.loc_conv4_3.weight"))
    }
  }

  @Test func anUnknownLayoutIsListed() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "other.safetensors")
      try SafeTensors.write(
        [("some.thing", StoredTensor(floats: [1, 2, 3, 4, 5, 6], shape: [2, 3]))], to: file)
      let outcome = try CommandLineTool.run(["inspect", file.path])
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("unknown layout"))
      #expect(outcome.output.contains("some.thing  F32   [2, 3]"))
      let refused = try CommandLineTool.run(
        ["convert", file.path, folder.appending(path: "out.safetensors").path])
      #expect(refused.status == 1)
      #expect(refused.errors.contains("some.thing"))
    }
  }

  @Test func theTutorialsCheckpointSaysItsEpoch() throws {
    try withUnpackedCheckpoint("tutorial_whole_model_zip.pth.tar") { url in
      let found = try inspect(url)
      #expect(found["layout"] as? String == "tutorial")
      #expect((found["metadata"] as? [String: String])?["epoch"] != nil)
    }
  }

  @Test func aBaseIsReducedAndServesTraining() throws {
    try withUnpackedCheckpoint("torchvision_vgg16_state_dict.pth") { url in
      try withTemporaryFolder { folder in
        let file = folder.appending(path: "base.safetensors")
        let outcome = try CommandLineTool.run(["convert", url.path, file.path, "--half"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let base = try ImportedBase(contentsOf: file)
        #expect(base.layout == .swiftBase)
        #expect(base.normalization == .imageNet)
        #expect(base.names.count == 30)
        #expect(try inspect(file)["layout"] as? String == "swiftBase")
        let data = folder.appending(path: "data")
        #expect(
          try CommandLineTool.run(["data", "synthesize", data.path, "--train", "3", "--test", "1"])
            .status == 0)
        let refused = try CommandLineTool.run([
          "train", data.path, "--model", "ssd300-small", "--base", file.path,
        ])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("another base network than ssd300-small"))
      }
    }
  }
}
