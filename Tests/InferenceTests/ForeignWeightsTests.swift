import Inference
import TestSupport
import Testing
import Weights

@Suite(
  "Weights of other implementations in the native engine", .serialized,
  .enabled(if: SharedFixtures.exists("fixtures/checkpoints")))
struct ForeignWeightsTests {
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
      let predictor = try NativePredictor(ImportedModel(contentsOf: url), precision: .float32)
      let found = predictor.predict(normalized: try golden.floats(peer.input), imageCount: 1)
      try expectClose(found.locations, columns: 4, golden.tensor(peer.locations))
      try expectClose(
        found.scores, columns: predictor.configuration.scoreCount, golden.tensor(peer.scores))
    }
  }

  /// Compares the first columns of a prediction, to a thousandth of the largest magnitude.
  private func expectClose(_ values: [Float], columns: Int, _ golden: StoredTensor) throws {
    let width = try #require(golden.shape.last)
    let found = (0..<values.count / columns).flatMap { row in
      values[row * columns..<row * columns + width]
    }
    let difference = relativeDifference(found, try golden.floats())
    #expect(difference <= 1e-3, "off by \(difference)")
  }
}
