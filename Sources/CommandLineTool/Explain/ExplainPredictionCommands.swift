import ArgumentParser
import Datasets
import Explain
import MultiBox

struct ExplainPredictionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predictions",
    abstract: "Heat maps of a class's scores on every feature map; needs a model file.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  @Option(name: .customLong("class"), help: "The class (default: that of the best score).")
  var label: String?

  func run() throws {
    let scene = try scene.loaded()
    let predictions = try network.predictions(for: scene.image, concept: "predictions")
    try picture.write(
      PredictionsExplanation(
        scene, predictions: predictions, of: network.configuration(classes: scene.classes),
        label: label))
  }
}

struct ExplainLossCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loss",
    abstract: "The multibox loss term by term, hard negatives at three to one.",
    discussion: """
      Without a model file, on an example of sixteen priors with made-up predictions, which the \
      picture says.
      """)

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  func run() throws {
    let explanation: LossExplanation
    if let file = network.file {
      let (scene, configuration) = try network.scene(scene)
      explanation = try LossExplanation(
        scene, configuration: configuration,
        predictions: network.predictions(for: scene.image, concept: "loss"),
        source: "Predictions of \(file.lastPathComponent).")
    } else {
      let scene = try scene.loaded()
      let small = SSDConfiguration.sixteenPriors(classes: scene.classes)
      explanation = try LossExplanation(
        scene, configuration: small,
        predictions: RawPredictions(madeUpFor: scene, configuration: small),
        source: """
          A small example: one map of 4 × 4 positions with one prior each (outlined where positive, \
          numbered at its centre), and predictions made up for it. With --model, a model's own.
          """)
    }
    print(
      """
      confidence \(explanation.confidence.confidenceLoss), \
      localization \(explanation.localization.loss), loss \(explanation.total)
      """)
    try picture.write(explanation)
  }
}

struct ExplainSuppressionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppression",
    abstract: "Candidates before and after non-maximum suppression, with their overlaps.",
    discussion: """
      Without a model file, the candidates are made up from the objects' priors, which the picture says.
      """)

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  @Option(name: .customLong("class"), help: "The class (default: that of the best score).")
  var label: String?

  @Option(help: "The score that a candidate must exceed, 0...1.")
  var minimumScore: Float = 0.2

  @Option(help: "The overlap (IoU) above which the lesser of two boxes is dropped, 0...1.")
  var iouThreshold: Float = 0.5

  @OptionGroup(visibility: .hidden) var formerOverlap: FormerOverlapName

  mutating func validate() throws {
    iouThreshold = formerOverlap.value(or: iouThreshold)
    guard (0...1).contains(minimumScore), (0...1).contains(iouThreshold) else {
      throw ValidationError("--minimum-score and --iou-threshold lie between 0 and 1")
    }
  }

  func run() throws {
    let explanation = try self.explanation()
    print(
      """
      \(explanation.candidates.boxes.count) candidates, \(explanation.kept.count) kept
      """)
    try picture.write(explanation)
  }

  private func explanation() throws -> SuppressionExplanation {
    if let file = network.file {
      let scene = try scene.loaded()
      let candidates = try CandidateBoxes(
        network.predictions(for: scene.image, concept: "suppression"),
        of: network.configuration(classes: scene.classes), label: label, minimumScore: minimumScore)
      guard !candidates.boxes.isEmpty else {
        throw CommandError(
          """
          \(file.lastPathComponent) has no candidate for `\(candidates.label)` above \
          \(minimumScore) here; lower --minimum-score
          """)
      }
      return SuppressionExplanation(
        scene, candidates: candidates, iouThreshold: iouThreshold,
        source: "Candidates of \(file.lastPathComponent) with a score above \(minimumScore).")
    }
    let (scene, configuration) = try network.scene(scene)
    return SuppressionExplanation(
      scene,
      candidates: try CandidateBoxes(madeUpFor: scene, configuration: configuration),
      iouThreshold: iouThreshold,
      source: """
        The candidates are made up, as no model was given: positive priors, moved more or less \
        of the way to their object, scored by how near they come.
        """)
  }
}

struct ExplainAugmentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augmentation",
    abstract: "What one training picture becomes, each draw with what was drawn.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions

  @Option(help: "How many draws.")
  var count = 11

  @Option(help: "The same seed gives the same draws.")
  var seed: UInt64 = 0

  mutating func validate() throws {
    guard (1...99).contains(count) else { throw ValidationError("--count must be 1 to 99") }
  }

  func run() throws {
    let explanation = AugmentationExplanation(try scene.loaded(), count: count, seed: seed)
    for (number, draw) in explanation.draws.enumerated() {
      print("\(number + 1): \(draw.parameters)")
    }
    try picture.write(explanation)
  }
}
