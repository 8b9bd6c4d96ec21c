import Evaluation
import Explain
import MultiBox
import Testing

@Suite("What is drawn of results")
struct ResultFactsTests {
  private let scene = ExplainedScene.synthetic(3)
  private var configuration: SSDConfiguration { .ssd300(classes: scene.classes) }

  @Test(arguments: [Float(0.2), 0.4])
  func `the overview ends with what the decoder detects`(minimumScore: Float) throws {
    let predictions = RawPredictions(madeUpFor: scene, configuration: configuration)
    let settings = DetectionSettings(
      minimumScore: minimumScore, iouThreshold: 0.45, limit: .max)
    let overview = try OverviewExplanation(
      scene, predictions: predictions, of: configuration, settings: settings)
    let detections = PredictionDecoder(configuration).detections(
      predictions, settings: settings)[0]
    #expect(overview.counts.detections == detections.count)
    #expect(overview.counts.candidates >= detections.count)
  }

  @Test func `the overview refuses predictions of another network`() {
    let foreign = RawPredictions(imageCount: 1, offsets: [0, 0, 0, 0], logits: [0, 0])
    #expect(throws: ExplanationError.self) {
      try OverviewExplanation(scene, predictions: foreign, of: configuration)
    }
  }

  /// By hand: six recalls at precision 1, two at 0.75, three at 0; and 0.5 x 1 + 0.25 x 0.75.
  @Test func `the example of average precision has the figures that it is explained with`() {
    let curve = AveragePrecisionExplanation.example.curve
    #expect(abs((curve.elevenPointAveragePrecision ?? 0) - 7.5 / 11) < 1e-12)
    #expect(abs((curve.areaAveragePrecision ?? 0) - 0.6875) < 1e-12)
  }

  @Test func `a run without steps cannot be drawn`() {
    #expect(throws: ExplanationError.self) {
      try TrainingExplanation([], scores: [], name: "empty")
    }
  }

  @Test func `a page has the width that was asked for`() throws {
    let steps = (1...3).map {
      TrainingExplanation.Step(
        iteration: 10 * $0, localization: 3 / Double($0), confidence: 6 / Double($0),
        learningRate: 0.001)
    }
    let pages: [any Explanation] = [
      AveragePrecisionExplanation.example,
      try TrainingExplanation(steps, scores: [(30, 0.5)], name: "run"),
      try OverviewExplanation(
        scene, predictions: RawPredictions(madeUpFor: scene, configuration: configuration),
        of: configuration),
    ]
    for page in pages { #expect(try page.figure(pixelWidth: 360).canvas.width == 360) }
  }
}
