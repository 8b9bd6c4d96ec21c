import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

@Suite("The multibox loss")
struct MultiBoxLossTests {
  /// Predictions for three images with 1, 4 and 11 objects, and what the reference makes of them.
  struct Golden {
    let locations: Tensor
    let scores: Tensor
    let objects: [[GroundTruthObject]]
    let file: SafeTensors
    let figures: [String: Any]

    init() throws {
      let file = try SafeTensors(contentsOf: resource("multibox_loss.safetensors"))
      self.file = file
      locations = Tensor(try file.floats("predicted_locations"), shape: [3, 8732, 4])
      scores = Tensor(try file.floats("predicted_scores"), shape: [3, 8732, 21])
      objects = try (0..<3).map { image in
        let boxes = try file.floats("boxes_\(image)")
        return try file.integers("labels_\(image)").enumerated().map { object, label in
          GroundTruthObject(
            box: BoundingBox(
              xMin: boxes[object * 4], yMin: boxes[object * 4 + 1], xMax: boxes[object * 4 + 2],
              yMax: boxes[object * 4 + 3]), classIndex: Int(label))
        }
      }
      figures =
        try JSONSerialization.jsonObject(with: Data(contentsOf: resource("multibox_loss.json")))
        as! [String: Any]
    }
  }

  static let priors: PriorBoxes = {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.clipsPriors = false
    return PriorBoxes(configuration)
  }()

  @Test(arguments: [LossConfiguration.Localization.l1, .smoothL1], [1, 2.5] as [Float])
  func agreesWithTheReferenceInValueAndGradient(
    localization: LossConfiguration.Localization, alpha: Float
  ) throws {
    let golden = try Golden()
    let key = "\(localization == .l1 ? "l1" : "smooth_l1")_alpha_\(alpha)"
    let expected = golden.figures[key] as! [String: Double]
    let loss = MultiBoxLoss(
      priors: Self.priors,
      configuration: LossConfiguration(
        localizationWeight: alpha, localization: localization, averagesCoordinates: true,
        forcedMatch: .laterObjectWins))
    for tensor in [golden.locations, golden.scores] { tensor.setRequiresGradient(true) }
    let parts = loss(
      locations: golden.locations, scores: golden.scores, targets: loss.targets(for: golden.objects)
    )
    parts.total.backward()
    try expectClose(parts.total.scalar, expected["loss"])
    try expectClose(golden.locations.gradient?.norm2().scalar, expected["locations_gradient_l2"])
    try expectClose(golden.scores.gradient?.norm2().scalar, expected["scores_gradient_l2"])
    let rows = golden.scores.gradient!.magnitude().sum(along: [2]) .> 0
    #expect(rows.converted(to: .float32).sum().scalar == expected["scores_gradient_nonzero_rows"])
    if alpha == 1 {
      try expectClose(parts.localization.scalar, expected["localization"])
      try expectClose(parts.confidence.scalar, expected["confidence"])
    }
  }

  @Test(arguments: [LossConfiguration.Localization.l1, .smoothL1])
  func sumsOverCoordinatesAsThePaperDoes(localization: LossConfiguration.Localization) throws {
    let golden = try Golden()
    let key = "\(localization == .l1 ? "l1" : "smooth_l1")_summed_over_coordinates_alpha_1.0"
    let loss = MultiBoxLoss(
      priors: Self.priors,
      configuration: LossConfiguration(localization: localization, forcedMatch: .laterObjectWins))
    let parts = loss(
      locations: golden.locations, scores: golden.scores, targets: loss.targets(for: golden.objects)
    )
    try expectClose(parts.total.scalar, (golden.figures[key] as! [String: Double])["loss"])
  }

  private func expectClose(
    _ value: Double?, _ expected: Double?, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let value = try #require(value, sourceLocation: sourceLocation)
    let expected = try #require(expected, sourceLocation: sourceLocation)
    #expect(
      abs(value - expected) <= 1e-4 * abs(expected), "\(value) is not \(expected)",
      sourceLocation: sourceLocation)
  }

  @Test func assignsTheClassesOfTheTutorial() throws {
    let golden = try Golden()
    let loss = MultiBoxLoss(
      priors: Self.priors, configuration: LossConfiguration(forcedMatch: .laterObjectWins))
    let targets = loss.targets(for: golden.objects)
    #expect(try targets.classes == golden.file.integers("target_classes"))
    let positives = (0..<3).map { image in
      targets.classes[image * 8732..<(image + 1) * 8732].count { $0 > 0 }
    }
    #expect(positives == golden.figures["positives_per_image"] as! [Int])
  }

  @Test func assignsTheClassesAndObjectsOfTheAuthorsCode() throws {
    let golden = try Golden()
    let matcher = PriorMatcher(priors: Self.priors)
    let targets = TrainingTargets(golden.objects, priors: Self.priors, matcher: matcher)
    #expect(try targets.classes == golden.file.integers("target_classes_unique"))
    let objects = golden.objects.flatMap { matcher.match($0.map(\.box)).objects.map(Int64.init) }
    #expect(try objects == golden.file.integers("target_objects_unique"))
  }

  @Test func hardNegativesPickedPriorByPriorGiveTheReferencesConfidenceLoss() throws {
    let golden = try Golden()
    let expected = (golden.figures["l1_alpha_1.0"] as! [String: Double])["confidence"]
    let scores = try golden.file.floats("predicted_scores")
    let targets = try golden.file.integers("target_classes").map(Int.init)
    var (sum, positives) = (0.0, 0)
    for image in 0..<3 {
      let mining = HardNegativeMining(
        logits: Array(scores[image * 8732 * 21..<(image + 1) * 8732 * 21]),
        targets: Array(targets[image * 8732..<(image + 1) * 8732]), negativesPerPositive: 3)
      #expect(mining.hardNegatives.count == 3 * mining.positives.count)
      sum += Double(mining.confidenceLoss) * Double(mining.positives.count)
      positives += mining.positives.count
    }
    try expectClose(sum / Double(positives), expected)
  }

  @Test func isFiniteWithoutAnyObject() {
    let loss = MultiBoxLoss(priors: Self.priors)
    let locations = HashTensor.tensor([2, 8732, 4], layer: 1)
    let scores = HashTensor.tensor([2, 8732, 21], layer: 2)
    for tensor in [locations, scores] { tensor.setRequiresGradient(true) }
    let none = loss(locations: locations, scores: scores, targets: loss.targets(for: [[], []]))
    #expect(none.total.scalar == 0)
    none.total.backward()
    #expect(scores.gradient?.magnitude().sum().scalar == 0)

    let object = GroundTruthObject(
      box: BoundingBox(xMin: 0.2, yMin: 0.2, xMax: 0.6, yMax: 0.7), classIndex: 3)
    let one = loss(
      locations: locations, scores: scores, targets: loss.targets(for: [[], [object]]))
    #expect(one.total.scalar.isFinite && one.total.scalar > 0)
  }
}
