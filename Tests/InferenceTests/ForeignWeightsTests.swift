import Inference
import TestSupport
import Testing
import Weights

@Suite("Weights of other implementations in the native engine", .serialized)
struct ForeignWeightsTests {
  @Test("compute here what they compute there", arguments: ForeignCheckpoint.all)
  func forward(peer: ForeignCheckpoint) throws {
    let golden = try SafeTensors(
      contentsOf: Fixtures.url("checkpoints/\(peer.golden).safetensors"))
    try withUnpackedCheckpoint(peer.checkpoint) { url in
      let predictor = try NativePredictor(ImportedModel(contentsOf: url), precision: .float32)
      let found = try predictor.predict(normalized: golden.floats(peer.input), imageCount: 1)
      try expectClose(found.offsets, columns: 4, golden.tensor(peer.locations))
      try expectClose(
        found.logits, columns: predictor.configuration.scoreCount, golden.tensor(peer.scores))
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
