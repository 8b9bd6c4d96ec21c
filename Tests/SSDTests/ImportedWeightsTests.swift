import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

@Suite("Weights of other implementations", .serialized)
struct ImportedWeightsTests {
  @Test("compute here what they compute there", arguments: ForeignCheckpoint.all)
  func forward(peer: ForeignCheckpoint) throws {
    let golden = try SafeTensors(
      contentsOf: Fixtures.url("checkpoints/\(peer.golden).safetensors"))
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
