import Explain
import MultiBox
import SSD
import Testing
import Torch

@Suite("What is drawn of priors")
struct PriorFactsTests {
  private let scene = ExplainedScene.synthetic(3)
  private var configuration: SSDConfiguration { .ssd300(classes: scene.classes) }

  @Test func `a position of SSD300's maps has 4, 6, 6, 6, 4 and 4 priors around one center`() {
    var unclipped = configuration
    unclipped.clipsPriors = false
    let shown = PriorsExplanation(unclipped, over: scene).shown
    #expect(shown.map(\.count) == [4, 6, 6, 6, 4, 4])
    for boxes in shown {
      #expect(boxes.allSatisfy { abs($0.centerX - boxes[0].centerX) < 1e-6 })
      #expect(boxes.allSatisfy { abs($0.centerY - boxes[0].centerY) < 1e-6 })
    }
    // The central position of conv9_2 (5 x 5) lies in the middle; scale 0.55, ratio 2.
    let wide = shown[3][2]
    #expect(abs(wide.centerX - 0.5) < 1e-6)
    #expect(abs(wide.width - 0.55 * Float(2).squareRoot()) < 1e-6)
    #expect(abs(wide.width * wide.height - 0.55 * 0.55) < 1e-6)
  }

  @Test func `clipped priors of a corner stay in the picture, unclipped ones leave it`() {
    func boxes(clips: Bool) -> [BoundingBox] {
      var configuration = configuration
      configuration.clipsPriors = clips
      return PriorsExplanation(configuration, over: scene, at: .corner).shown.flatMap { $0 }
    }
    #expect(boxes(clips: true).allSatisfy { $0 == $0.clipped })
    #expect(boxes(clips: false).contains { $0.xMin < 0 && $0.yMin < 0 })
  }

  @Test func `every index is the index of its location`() {
    for name in SSDConfiguration.presetNames {
      guard let configuration = SSDConfiguration.preset(named: name, classes: .voc) else {
        continue
      }
      let count = PriorBoxes(configuration).count
      let isBijective = (0..<count).allSatisfy {
        configuration.index(of: configuration.location(ofPrior: $0)) == $0
      }
      #expect(isBijective, "\(name)")
    }
    #expect(
      configuration.location(ofPrior: 8731) == PriorLocation(map: 5, row: 0, column: 0, shape: 3))
    #expect(
      configuration.location(ofPrior: 5776) == PriorLocation(map: 1, row: 0, column: 0, shape: 0))
  }

  @Test func `the positives drawn are the targets of the loss`() throws {
    let matching = try MatchingExplanation(scene, configuration: configuration)
    let targets = MultiBoxLoss(
      priors: PriorBoxes(configuration), configuration: configuration.loss
    ).targets(for: [scene.objects])
    let classes = matching.match.objects.map {
      $0 < 0 ? 0 : Int64(scene.objects[$0].classIndex)
    }
    #expect(classes == targets.classes)
    #expect(matching.match.positiveCount == targets.classes.count { $0 > 0 })
  }

  @Test func `there are three hard negatives for each positive, none of them positive`() throws {
    Runtime.seed(3)
    let predictor = TorchPredictor(SSDNetwork(.ssd300Tiny(classes: scene.classes)))
    let predictions = predictor.predict(
      scene.image.resized(width: 300, height: 300).pixels, imageCount: 1)
    let matching = try MatchingExplanation(
      scene, configuration: configuration, predictions: predictions)
    let mining = try #require(matching.mining)
    #expect(mining.positives.count == matching.match.positiveCount)
    #expect(mining.hardNegatives.count == 3 * mining.positives.count)
    #expect(Set(mining.hardNegatives).isDisjoint(with: mining.positives))
    let chosen = Set(mining.hardNegatives + mining.positives)
    let easiest = mining.hardNegatives.map { mining.crossEntropies[$0] }.min() ?? 0
    let others = mining.crossEntropies.indices.filter { !chosen.contains($0) }
    #expect(others.allSatisfy { mining.crossEntropies[$0] <= easiest })
  }

  @Test func `predictions of another network are refused`() {
    let few = RawPredictions(imageCount: 1, offsets: [0, 0, 0, 0], logits: [0, 1])
    #expect(throws: ExplanationError.self) {
      try MatchingExplanation(scene, configuration: configuration, predictions: few)
    }
  }

  @Test func `the offsets shown decode to the object's box`() throws {
    let offsets = try OffsetsExplanation(scene, configuration: configuration)
    let box = try #require(scene.largest).box
    let decoded = BoundingBox(offsets.decoded)
    for (a, b) in [
      (decoded.xMin, box.xMin), (decoded.yMin, box.yMin), (decoded.xMax, box.xMax),
      (decoded.yMax, box.yMax),
    ] { #expect(abs(a - b) < 1e-5) }
  }
}
