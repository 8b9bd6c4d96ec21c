import Foundation
import TestSupport
import Testing
import Weights

@Suite("Checkpoints of PyTorch")
struct TorchArchiveFixtureTests {
  struct WholeModel: Decodable {
    var epoch: Int
    var priors_sum: Double
    var parameters: [String: ExpectedTensor]
  }

  @Test("the tutorial's whole pickled models open", arguments: ["legacy", "zip"])
  func wholeModel(container: String) throws {
    let expected = try fixtureJSON("tutorial_whole_model_\(container).json", as: WholeModel.self)
    try withUnpackedCheckpoint("tutorial_whole_model_\(container).pth.tar") { url in
      let archive = try TorchArchive(contentsOf: url)
      #expect(archive.container == (container == "zip" ? .zip : .legacy))
      #expect(archive.metadata["epoch"] == "\(expected.epoch)")
      for (name, tensor) in expected.parameters {
        try expectEqual(archive.tensor("model." + name), tensor, name)
      }
      let priors = try archive.floats("model.priors_cxcy").reduce(0) { $0 + Double($1) }
      #expect(abs(priors - expected.priors_sum) < 1e-6)
      #expect(
        Set(archive.names)
          == Set(expected.parameters.keys.map { "model." + $0 } + ["model.priors_cxcy"]))
    }
  }

  @Test("every tensor of a state dict has its shape and an intact checksum")
  func stateDict() throws {
    let expected = try fixtureJSON("amdegroot_ssd300_keys.json", as: [String: [Int]].self)
    try withUnpackedCheckpoint("amdegroot_ssd300_state_dict.pth") { url in
      let archive = try TorchArchive(contentsOf: url)
      #expect(archive.shapes == expected)
      for name in archive.names { try archive.withBytes(of: name) { #expect(!$0.isEmpty) } }
    }
  }

  @Test("a state dict within a checkpoint has its key before every name")
  func nestedStateDict() throws {
    struct Description: Decodable { var keys: [String: [Int]] }
    let expected = try fixtureJSON("lufficc_ssd300_keys.json", as: Description.self).keys
    try withUnpackedCheckpoint("lufficc_ssd300_checkpoint.pth") { url in
      let archive = try TorchArchive(contentsOf: url)
      for (name, shape) in expected { #expect(try archive.tensor("model." + name).shape == shape) }
      #expect(archive.names.count == expected.count)
    }
  }

  @Test("pickles that run a command are refused by name", arguments: ["legacy", "zip"])
  func hostile(container: String) throws {
    try withUnpackedCheckpoint("hostile_reduce_\(container).pth.tar") { url in
      let error = #expect(throws: WeightFileError.self) { try TorchArchive(contentsOf: url) }
      #expect(error?.problem == .forbiddenGlobal("posix.system"))
      for folder in [url.deletingLastPathComponent(), URL(filePath: ".")] {
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "OWNED").path))
      }
    }
  }
}
