import ArgumentParser
import Explain
import Foundation
import MultiBox
import Report

struct ExplainOverviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overview",
    abstract: "The whole detector on one page: priors, scores, candidates, detections.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  @Option(help: "The score that a candidate must exceed, 0...1.")
  var minimumScore: Float = 0.4

  @Option(help: "The overlap (IoU) above which the lesser of two boxes is dropped, 0...1.")
  var iouThreshold: Float = 0.5

  @OptionGroup(visibility: .hidden) var formerOverlap: FormerOverlapName

  mutating func validate() { iouThreshold = formerOverlap.value(or: iouThreshold) }

  func run() throws {
    let (scene, configuration) = try network.scene(scene)
    let explanation = try OverviewExplanation(
      scene, predictions: try network.predictions(for: scene.image, concept: "overview"),
      of: configuration,
      settings: DetectionSettings(minimumScore: minimumScore, iouThreshold: iouThreshold))
    let counts = explanation.counts
    print("\(counts.candidates) candidates, \(counts.detections) detections")
    try picture.write(explanation)
  }
}

struct ExplainAveragePrecisionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average-precision",
    abstract: "From sorted detections to a curve, and to one number by two rules.",
    discussion: """
      Without --outcomes, five detections of four objects are explained:
        ssd explain average-precision --outcomes hhfhf --objects 4 --output ap.png
      """)

  @OptionGroup var picture: PictureOptions

  @Option(help: "The detections, best first: h for a hit, f for a false one.")
  var outcomes: String?

  @Option(help: "How many objects there are to be found (default: as many as hits).")
  var objects: Int?

  mutating func validate() throws {
    guard let outcomes else {
      guard objects == nil else { throw ValidationError("--objects belongs to --outcomes") }
      return
    }
    guard !outcomes.isEmpty, outcomes.count <= 12, outcomes.allSatisfy({ "hf".contains($0) }) else {
      throw ValidationError("--outcomes `\(outcomes)`: 1 to 12 letters, h or f")
    }
    guard objects ?? 1 > 0, objects ?? .max >= outcomes.count(where: { $0 == "h" }) else {
      throw ValidationError("--objects must be at least 1, and no less than there are hits")
    }
  }

  func run() throws {
    let explanation = outcomes.map { outcomes in
      AveragePrecisionExplanation(
        isHit: outcomes.map { $0 == "h" },
        objectCount: objects ?? max(1, outcomes.count(where: { $0 == "h" })))
    }
    try picture.write(explanation ?? .example)
  }
}

struct ExplainTrainingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract: "How a run went: both parts of the loss, the learning rate, the score.")

  @OptionGroup var picture: PictureOptions

  @Option(name: .customLong("run"), help: "The run's folder, which holds metrics.jsonl.")
  var folder: String

  func run() throws {
    let folder = URL(filePath: folder)
    let history = try TrainingHistory(contentsOf: folder.appending(path: "metrics.jsonl"))
    try picture.write(
      TrainingExplanation(
        history.steps.map { step in
          TrainingExplanation.Step(
            iteration: step.iteration, localization: step.localizationLoss,
            confidence: step.confidenceLoss, learningRate: step.learningRate)
        },
        scores: history.validations.compactMap { validation in
          validation.meanAveragePrecision.map { (validation.iteration, $0) }
        },
        name: folder.standardizedFileURL.lastPathComponent))
  }
}
