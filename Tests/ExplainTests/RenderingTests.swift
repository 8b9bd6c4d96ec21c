import Explain
import Foundation
import Images
import MultiBox
import TestSupport
import Testing

@Suite("Explanations as pictures")
struct RenderingTests {
  static let scene = ExplainedScene.synthetic(3)

  static func explanations() throws -> [(name: String, explanation: any Explanation)] {
    let configuration = SSDConfiguration.ssd300(classes: scene.classes)
    return [
      ("coordinates", try CoordinatesExplanation(scene)),
      ("jaccard", try JaccardExplanation(scene, priors: PriorBoxes(configuration))),
      ("priors", PriorsExplanation(configuration, over: scene)),
      ("priors of ssd512", PriorsExplanation(.ssd512(classes: .voc), over: scene, at: .corner)),
      ("offsets", try OffsetsExplanation(scene, configuration: configuration)),
      ("matching", try MatchingExplanation(scene, configuration: configuration)),
      ("loss", try loss()),
      ("suppression", try suppression()),
      (
        "predictions",
        try PredictionsExplanation(
          scene, predictions: RawPredictions(madeUpFor: scene, configuration: configuration),
          of: configuration)
      ),
      ("augmentation", AugmentationExplanation(scene)),
      ("architecture", ArchitectureExplanation(.ssd300(classes: .voc))),
      ("architecture of ssd512", ArchitectureExplanation(.ssd512(classes: .voc))),
      ("architecture of ssd300-tiny", ArchitectureExplanation(.ssd300Tiny(classes: .voc))),
      ("vgg", VGGExplanation(.ssd300(classes: .voc))),
      ("fully-connected", FullyConnectedExplanation()),
      ("decimation", try DecimationExplanation()),
      ("reshaping", try ReshapingExplanation(.ssd300(classes: .voc))),
      (
        "receptive-field", ReceptiveFieldExplanation(configuration, over: scene, source: "")
      ),
    ]
  }

  static func loss() throws -> LossExplanation {
    let small = SSDConfiguration.sixteenPriors(classes: scene.classes)
    return try LossExplanation(
      scene, configuration: small,
      predictions: RawPredictions(madeUpFor: scene, configuration: small), source: "made up")
  }

  static func suppression() throws -> SuppressionExplanation {
    let configuration = SSDConfiguration.ssd300(classes: scene.classes)
    return SuppressionExplanation(
      scene, candidates: try CandidateBoxes(madeUpFor: scene, configuration: configuration),
      source: "made up")
  }

  @Test func `every concept is drawn as PNG and SVG of the promised width`() throws {
    try withTemporaryFolder { folder in
      for (name, explanation) in try Self.explanations() {
        let canvas = try explanation.figure(pixelWidth: 900).canvas
        let png = folder.appending(path: "\(name).png")
        try canvas.write(to: png)
        let image = try Image(contentsOf: png)
        #expect(image.width == 900 && image.height == canvas.height, "\(name)")
        let colors = Set(
          stride(from: 0, to: image.pixels.count - 3, by: 3).map { image.pixels[$0] })
        #expect(colors.count > 20, "\(name) shows nothing")

        let svg = String(decoding: canvas.svgData(), as: UTF8.self)
        #expect(svg.contains("width=\"900px\""), "\(name)")
        #expect(svg.contains("height=\"\(canvas.height)px\""), "\(name)")
      }
    }
  }

  @Test func `a picture twice as wide shows the same, twice as large`() throws {
    for (name, explanation) in try Self.explanations() {
      let small = try explanation.figure(pixelWidth: 720).canvas
      let large = try explanation.figure(pixelWidth: 1440).canvas
      // Letters have whole pixels' widths, so that a line may break elsewhere.
      #expect(abs(large.height - 2 * small.height) <= 120, "\(name)")
    }
  }

  @Test func `what needs an object refuses a scene without one`() {
    var empty = Self.scene
    empty.objects = []
    let configuration = SSDConfiguration.ssd300(classes: empty.classes)
    #expect(throws: ExplanationError.self) { try CoordinatesExplanation(empty) }
    #expect(throws: ExplanationError.self) {
      try JaccardExplanation(empty, priors: PriorBoxes(configuration))
    }
    #expect(throws: ExplanationError.self) {
      try OffsetsExplanation(empty, configuration: configuration)
    }
    let error = #expect(throws: ExplanationError.self) {
      try MatchingExplanation(empty, configuration: configuration)
    }
    #expect(error?.description.contains("--box") == true)
  }
}
