import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

@Suite(
  "Weights of other implementations", .serialized,
  .enabled(if: SharedFixtures.exists("fixtures/checkpoints")))
struct ImportedWeightsTests {
  /// A checkpoint, and what its own implementation makes of an image.
  struct Peer: Sendable, CustomTestStringConvertible {
    var checkpoint: String
    var golden: String
    var input = "input"
    var locations = "locations"
    var scores = "scores"

    var testDescription: String { checkpoint }
  }

  static let peers = [
    Peer(
      checkpoint: "amdegroot_ssd300_state_dict.pth", golden: "amdegroot_ssd300_forward",
      input: "input_rgb_minus_mean"),
    Peer(
      checkpoint: "caffe_ssd300_voc.caffemodel", golden: "amdegroot_ssd300_forward",
      input: "input_rgb_minus_mean"),
    Peer(
      checkpoint: "lufficc_ssd300_checkpoint.pth", golden: "lufficc_ssd300_forward",
      input: "input_minus_mean"),
    Peer(
      checkpoint: "torchvision_ssd300_vgg16_state_dict.pth",
      golden: "torchvision_ssd300_vgg16_forward", locations: "bbox_regression",
      scores: "cls_logits_first_8_classes"),
  ]

  @Test("compute here what they compute there", arguments: peers)
  func forward(peer: Peer) throws {
    let golden = try SafeTensors(
      contentsOf: SharedFixtures.url("fixtures/checkpoints/\(peer.golden).safetensors"))
    try withUnpackedCheckpoint(peer.checkpoint) { url in
      let model = try ImportedModel(contentsOf: url)
      let network = SSDNetwork(model.configuration)
      try network.load(model)
      let input = try Tensor(golden.tensor(peer.input)).converted(to: .float32)
      let (locations, scores) = withoutGradients { network(input) }
      try expectClose(
        locations.array(of: Float.self), columns: 4, golden.tensor(peer.locations))
      try expectClose(
        scores.array(of: Float.self), columns: model.configuration.scoreCount,
        golden.tensor(peer.scores))
    }
  }

  /// Compares the first columns of a prediction, to a thousandth of the largest magnitude.
  private func expectClose(_ values: [Float], columns: Int, _ golden: StoredTensor) throws {
    let expected = try golden.floats()
    let width = try #require(golden.shape.last)
    #expect(values.count / columns * width == expected.count)
    let scale = expected.lazy.map(abs).max() ?? 0
    var worst: Float = 0
    for (index, value) in expected.enumerated() {
      worst = max(worst, abs(values[index / width * columns + index % width] - value))
    }
    #expect(worst <= 1e-3 * scale, "off by \(worst), at a scale of \(scale)")
  }
}
