import Foundation
import MultiBox
import TestSupport
import Testing
import Weights

@Suite("Importers")
struct ImporterFixtureTests {
  private func priors(of file: String, _ name: String) throws -> [Float] {
    try SafeTensors(contentsOf: Fixtures.url("checkpoints/\(file)")).floats(name)
  }

  private func centerSize(_ configuration: SSDConfiguration) -> [Float] {
    PriorBoxes(configuration).centerSize.flatMap { [$0.centerX, $0.centerY, $0.width, $0.height] }
  }

  private func greatestDifference(_ first: [Float], _ second: [Float]) -> Float {
    guard first.count == second.count else { return .infinity }
    return zip(first, second).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("the tutorial's models, whole", arguments: ["legacy", "zip"])
  func tutorial(container: String) throws {
    let expected = try fixtureJSON(
      "tutorial_whole_model_\(container).json", as: TorchArchiveFixtureTests.WholeModel.self)
    try withUnpackedCheckpoint("tutorial_whole_model_\(container).pth.tar") { url in
      let model = try ImportedModel(contentsOf: url)
      #expect(model.layout == .tutorial)
      #expect(model.metadata["epoch"] == "\(expected.epoch)")
      #expect(Set(model.names) == Set(expected.parameters.keys))
      for (name, tensor) in expected.parameters {
        try expectEqual(model.tensor(name), tensor, name)
      }
      // The zip fixture is a model of three classes.
      #expect(model.configuration.classes.count == (container == "zip" ? 3 : 20))
      #expect((model.configuration.classes == .voc) == (container == "legacy"))
      #expect(model.configuration.normalization == .imageNet)
      let saved = try TorchArchive(contentsOf: url).floats("model.priors_cxcy")
      #expect(greatestDifference(centerSize(model.configuration), saved) < 1e-6)
    }
  }

  @Test("amdegroot's SSD300: RGB bytes minus a mean, its own priors")
  func amdegroot() throws {
    try withUnpackedCheckpoint("amdegroot_ssd300_state_dict.pth") { url in
      let model = try ImportedModel(contentsOf: url)
      #expect(model.layout == .amdegroot)
      #expect(model.configuration.normalization == .caffe)
      #expect(model.configuration.classes == .voc)
      #expect(model.shapes == expectedShapes())
      let file = try TorchArchive(contentsOf: url)
      for (ours, theirs) in [
        ("base.conv5_3.bias", "vgg.28.bias"), ("base.conv6.weight", "vgg.31.weight"),
        ("aux_convs.conv11_2.weight", "extras.7.weight"), ("rescale_factors", "L2Norm.weight"),
        ("pred_convs.cl_conv10_2.weight", "conf.4.weight"),
      ] {
        #expect(try model.floats(ours) == file.floats(theirs))
      }
      let golden = try priors(of: "amdegroot_ssd300_forward.safetensors", "priors_center_size")
      #expect(greatestDifference(centerSize(model.configuration), golden) < 1e-6)
    }
  }

  @Test("lufficc's SSD300 has the priors it was trained with")
  func lufficc() throws {
    try withUnpackedCheckpoint("lufficc_ssd300_checkpoint.pth") { url in
      let model = try ImportedModel(contentsOf: url)
      #expect(model.layout == .lufficc)
      #expect(model.configuration.normalization == .caffe)
      #expect(model.configuration.variances == Variances(center: 0.1, size: 0.2))
      #expect(model.shapes == expectedShapes())
      let golden = try priors(of: "lufficc_ssd300_forward.safetensors", "priors_center_size")
      #expect(greatestDifference(centerSize(model.configuration), golden) < 1e-6)
    }
  }

  @Test("torchvision's SSD300: COCO's ids, its anchors, its normalisation")
  func torchvision() throws {
    try withUnpackedCheckpoint("torchvision_ssd300_vgg16_state_dict.pth") { url in
      let model = try ImportedModel(contentsOf: url)
      #expect(model.layout == .torchvisionSSD)
      let classes = model.configuration.classes
      #expect(classes.count == 90)
      #expect(classes.index(of: "person") == 1)
      #expect(classes.index(of: "stop sign") == 13)
      #expect(classes.index(of: "hair drier") == 89)
      #expect(classes.index(of: "toothbrush") == 90)
      #expect(classes.label(at: 12) == "N/A 12")
      #expect(model.configuration.normalization.mean == [0.48235, 0.45882, 0.40784])
      #expect(model.configuration.scoreCount == 91)
      let golden = try priors(
        of: "torchvision_ssd300_vgg16_forward.safetensors", "anchors_xyxy_pixels")
      let ours = PriorBoxes(model.configuration).boundary.map { $0.scaled(x: 300, y: 300) }
        .flatMap { [$0.xMin, $0.yMin, $0.xMax, $0.yMax] }
      #expect(greatestDifference(ours, golden) < 1e-3)
      let file = try TorchArchive(contentsOf: url)
      for (ours, theirs) in [
        ("base.conv5_2.weight", "backbone.extra.0.3.weight"),
        ("base.conv7.bias", "backbone.extra.0.7.3.bias"),
        ("aux_convs.conv9_2.weight", "backbone.extra.2.2.weight"),
        ("pred_convs.loc_conv8_2.weight", "head.regression_head.module_list.2.weight"),
      ] {
        #expect(try model.floats(ours) == file.floats(theirs))
      }
    }
  }

  @Test("the Caffe model equals amdegroot's weights, its first kernel turned to RGB")
  func caffe() throws {
    try withUnpackedCheckpoint("caffe_ssd300_voc.caffemodel") { caffe in
      try withUnpackedCheckpoint("amdegroot_ssd300_state_dict.pth") { amdegroot in
        let model = try ImportedModel(contentsOf: caffe)
        let other = try ImportedModel(contentsOf: amdegroot)
        #expect(model.layout == .caffeSSD)
        #expect(model.configuration.normalization == .caffe)
        #expect(model.names == other.names)
        for name in model.names { #expect(try model.floats(name) == other.floats(name), "\(name)") }
      }
    }
  }

  @Test("torchvision's VGG-16 is decimated as the tutorial does it")
  func decimation() throws {
    let expected = try fixtureJSON(
      "torchvision_vgg16_decimated.json", as: [String: ExpectedTensor].self)
    try withUnpackedCheckpoint("torchvision_vgg16_state_dict.pth") { url in
      let base = try ImportedBase(contentsOf: url)
      #expect(base.layout == .torchvisionVGG)
      #expect(base.normalization == .imageNet)
      for (name, tensor) in expected {
        try expectEqual(base.tensor("base.\(name)"), tensor, name)
      }
      #expect(
        base.shapes
          == Dictionary(
            uniqueKeysWithValues: BaseNetwork.vgg16(VGG16()).parameterShapes(imageSize: 300)
              .map { ($0.name, $0.shape) }))
      let error = #expect(throws: ImportError.self) { try ImportedModel(contentsOf: url) }
      #expect(error?.description.contains("only a base network") == true)
    }
  }

  private func expectedShapes() -> [String: [Int]] {
    Dictionary(
      uniqueKeysWithValues: SSDConfiguration.ssd300(classes: .voc).parameterShapes.map {
        ($0.name, $0.shape)
      })
  }
}
