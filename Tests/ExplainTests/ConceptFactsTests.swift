import Explain
import MultiBox
import SSD
import Testing
import Torch

@Suite("What is drawn of the other concepts")
struct ConceptFactsTests {
  private let scene = ExplainedScene.synthetic(3)
  private var configuration: SSDConfiguration { .ssd300(classes: scene.classes) }

  @Test func `the loss drawn is the loss that training minimises`() throws {
    let small = SSDConfiguration.sixteenPriors(classes: scene.classes)
    let predictions = RawPredictions(madeUpFor: scene, configuration: small)
    let drawn = try LossExplanation(
      scene, configuration: small, predictions: predictions, source: "")
    let loss = MultiBoxLoss(priors: PriorBoxes(small), configuration: small.loss)
    let parts = loss(
      locations: Tensor(predictions.offsets, shape: [1, 16, 4]),
      scores: Tensor(predictions.logits, shape: [1, 16, small.scoreCount]),
      targets: loss.targets(for: [scene.objects]))
    #expect(abs(Double(drawn.confidence.confidenceLoss) - parts.confidence.scalar) < 1e-5)
    #expect(abs(Double(drawn.localization.loss) - parts.localization.scalar) < 1e-5)
    #expect(abs(Double(drawn.total) - parts.total.scalar) < 1e-5)
    #expect(drawn.confidence.hardNegatives.count == 3 * drawn.confidence.positives.count)
    // The example shows all three kinds of priors.
    #expect(drawn.confidence.positives.count * 4 < 16)
  }

  @Test
  func `no two boxes that stay overlap by more than the maximum, and every other is like one`()
    throws
  {
    let candidates = try CandidateBoxes(madeUpFor: scene, configuration: configuration)
    let suppression = SuppressionExplanation(
      scene, candidates: candidates, iouThreshold: 0.45, source: "")
    #expect(candidates.scores == candidates.scores.sorted(by: >))
    let kept = suppression.kept.map { candidates.boxes[$0] }
    for (index, box) in kept.enumerated() {
      #expect(kept[..<index].allSatisfy { $0.iou(with: box) <= 0.45 })
    }
    for index in candidates.boxes.indices where !suppression.kept.contains(index) {
      #expect(kept.contains { $0.iou(with: candidates.boxes[index]) > 0.45 })
    }
    #expect(kept.count < candidates.boxes.count && !kept.isEmpty)
  }

  @Test func `candidates of a model are those of its decoder`() throws {
    let predictions = RawPredictions(madeUpFor: scene, configuration: configuration)
    let candidates = try CandidateBoxes(
      predictions, of: configuration, label: "square", minimumScore: 0.3)
    let kept = nms(candidates.boxes, scores: candidates.scores, iouThreshold: 0.5)
      .map { candidates.boxes[$0] }
    let detections = PredictionDecoder(configuration).detections(
      predictions,
      settings: DetectionSettings(minimumScore: 0.3, iouThreshold: 0.5, limit: .max))[0]
    #expect(Set(kept) == Set(detections.filter { $0.label == "square" }.map(\.box)))
    #expect(throws: ExplanationError.self) {
      try CandidateBoxes(predictions, of: configuration, label: "dog", minimumScore: 0.3)
    }
  }

  @Test func `a heat map has a value for every position of its map`() throws {
    let heat = try PredictionsExplanation(
      scene, predictions: RawPredictions(madeUpFor: scene, configuration: configuration),
      of: configuration
    ).heat
    #expect(heat.map(\.count) == [1444, 361, 100, 25, 9, 1])
    #expect(heat.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
  }

  /// Of rows and columns 0...6 every third, as the tutorial has it.
  @Test func `decimation keeps rows and columns 0, 3 and 6`() throws {
    let decimation = try DecimationExplanation()
    #expect(decimation.keptPositions == [0, 3, 6, 21, 24, 27, 42, 45, 48])
    #expect(decimation.keptInputs == Array(stride(from: 0, to: 4096, by: 4)))
  }

  @Test func `a fully connected layer and a convolution give the same`() {
    let explanation = FullyConnectedExplanation()
    #expect(explanation.flattened == explanation.convolved)
  }

  @Test func `pool3 is 38 instead of 37, pool5 keeps 19 instead of 9`() {
    let steps = VGGExplanation(configuration).steps
    let pool3 = steps.first { $0.original.name.hasPrefix("pool3") }
    #expect(pool3?.original.size == 37 && pool3?.changed.size == 38)
    let pool5 = steps.first { $0.original.name.hasPrefix("pool5") }
    #expect(pool5?.original.size == 9 && pool5?.changed.size == 19)
    #expect(steps.count { $0.reason != nil } == 5)
  }

  @Test func `conv9_2's first row comes after the maps below it`() throws {
    #expect(try ReshapingExplanation(configuration, map: "conv9_2").firstRow == 5776 + 2166 + 600)
    #expect(throws: ExplanationError.self) {
      try ReshapingExplanation(configuration, map: "conv5_3")
    }
  }

  @Test func `the same seed draws the same augmentations, another seed others`() {
    func draws(_ seed: UInt64) -> [String] {
      AugmentationExplanation(scene, size: 32, count: 5, seed: seed).draws
        .map { $0.parameters.description }
    }
    #expect(draws(1) == draws(1))
    #expect(draws(1) != draws(2))
  }

  @Test func `pixels outside an element's field have no influence on it`() throws {
    Runtime.seed(1)
    let network = SSDNetwork(.ssd300Tiny(classes: scene.classes))
    let influences = network.influences(imageCount: 1)
    #expect(influences.map(\.map) == network.configuration.featureMaps.map(\.name))
    let layers = network.configuration.graph.layers
    for influence in influences {
      #expect(influence.values.count == 300 * 300)
      let field = try #require(layers.first { $0.name == influence.map }?.receptiveField)
      let effective = ReceptiveFieldExplanation.Influence(
        map: influence.map, values: influence.values)
      let side = effective.side(holding: ReceptiveFieldExplanation.effectiveShare)
      #expect(side > 1 && side <= min(field, 300), "\(influence.map)")
    }
    // The middle position of conv4_3, 19, has its field around pixel 152: 106...197.
    let conv4_3 = influences[0].values
    let touched = (0..<300).filter { row in
      (0..<300).contains { conv4_3[row * 300 + $0] != 0 }
    }
    #expect(try #require(touched.last) - #require(touched.first) + 1 <= 92)
    #expect(touched.contains(152))
  }
}
