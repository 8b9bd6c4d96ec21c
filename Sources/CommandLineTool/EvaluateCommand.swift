import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Inference
import MultiBox
import Weights

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a model, or result files, against annotated images.",
    usage: """
      ssd evaluate <model> <data> [--json FILE] [--save-results DIR]
      ssd evaluate --results DIR --data VOC-FOLDER --split test [--json FILE]
      ssd evaluate --results FILE.json --annotations FILE.json [--json FILE]
      """,
    discussion: """
      Average precision by VOC 2007's 11-point rule, as area under the curve, and COCO's figures. \
      Difficult objects are neither counted nor punished.
      """)

  @Argument(help: "The model.")
  var model: String?

  @Argument(
    help: ArgumentHelp(DataSelection.help.abstract, valueName: "data"))
  var source: String?

  @Option(help: "Score these detections instead: a folder of VOC result files, or COCO JSON.")
  var results: String?

  @Option(help: "The VOC folder that --results is scored against.")
  var data: String?

  @Option(help: "The list of images (in --data, and in the names of VOC result files).")
  var split: String?

  @Option(help: "The COCO annotations that --results is scored against.")
  var annotations: String?

  @Option(help: "File for the figures as JSON, - for the standard output.")
  var json: String?

  @Option(help: "Folder for the detections as VOC result files.")
  var saveResults: String?

  @Option(
    help: ArgumentHelp(
      Shard.help.abstract,
      discussion: """
        With --save-results; each class's files of all parts, one behind the other, are those of the \
        whole, for --results.
        """, valueName: Shard.help.valueName), transform: Shard.parse)
  var shard = Share.whole

  @Option(parsing: .unconditional, help: "A detection must exceed this score.")
  var minimumScore = DetectionSettings.evaluation.minimumScore

  @Option(
    parsing: .unconditional,
    help: """
      Non-maximum suppression: the overlap (IoU) above which the lesser of two boxes of a class is \
      dropped.
      """)
  var iouThreshold = DetectionSettings.evaluation.iouThreshold

  @OptionGroup(visibility: .hidden) var formerOverlap: FormerOverlapName

  @Option(parsing: .unconditional, help: "The most detections in an image.")
  var limit = DetectionSettings.evaluation.limit

  @Option(help: "Images that go through the network together.")
  var batch = 8

  @OptionGroup(title: "Machine") var machine: InferenceOptions

  mutating func validate() throws {
    switch (model, results) {
    case (nil, nil): throw ValidationError("name a model and data, or --results")
    case (.some, .some): throw ValidationError("name a model or --results, not both")
    case (.some, nil) where source == nil && data == nil:
      throw ValidationError("name the data to score the model on")
    case (nil, .some) where data == nil && annotations == nil:
      throw ValidationError("--results needs --data, or --annotations")
    default: break
    }
    guard shard == .whole || saveResults != nil else {
      throw ValidationError(
        "the figures of a part mean little: --shard needs --save-results, to score all parts together"
      )
    }
    iouThreshold = formerOverlap.value(or: iouThreshold)
    guard (0...1).contains(minimumScore), (0...1).contains(iouThreshold) else {
      throw ValidationError("--minimum-score and --iou-threshold lie between 0 and 1")
    }
    guard batch > 0, limit > 0 else {
      throw ValidationError("--batch and --limit must be at least 1")
    }
  }

  func run() throws {
    try json.map(OutputPlace.check)
    let report = try report()
    if json != "-" { print(report) }
    try json.map { try JSONOutput.write(data: report.json(), to: $0) }
  }

  private func report() throws -> EvaluationReport {
    if let annotations, let results {
      return try EvaluationReport(
        COCOResult.results(contentsOf: URL(filePath: results)),
        against: COCOInstances(contentsOf: URL(filePath: annotations)))
    }
    if let results, let data {
      return try ResultScoring.report(
        folder: URL(filePath: results),
        on: DataSelection(data, for: .scoring, split: split))
    }
    let predictor = try machine.predictor(ImportedModel(contentsOf: URL(filePath: model ?? "")))
    printError("computing in \(machine.description(of: predictor))")
    return try ModelScoring(
      detector: Detector(predictor),
      settings: DetectionSettings(
        minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit),
      batchSize: batch, share: shard
    ).report(
      on: DataSelection(source ?? data ?? "", for: .scoring, split: split),
      savingResultsTo: saveResults.map { URL(filePath: $0) })
  }
}
