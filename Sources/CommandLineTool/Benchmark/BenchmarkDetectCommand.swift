import ArgumentParser
import Datasets
import Foundation
import Images
import Inference
import MultiBox
import Weights

struct BenchmarkDetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect", abstract: "Time detection step by step: picture to pixels to boxes.",
    discussion: """
      Pre-processing is a JPEG file in memory to the network's pixels, post-processing the network's \
      output to boxes. Times are milliseconds for a batch. The table of layers counts operations as \
      the layers define them; Winograd's algorithm needs fewer, so that a layer may be faster than the \
      machine's peak.
      """)

  @Argument(
    help:
      "A model, or a preset's name (\(ImportedModel.presetNames)), which then has random weights.")
  var model: String

  @Option(name: .shortAndLong, help: "Images that go through the network together.")
  var batch = 1

  @Option(help: "How often everything is measured.")
  var runs = 30

  @Option(help: "Runs before the first that counts.")
  var warmUp = 5

  @Option(help: "A JPEG, PNG or WebP picture to detect in (default: a painted one, 500 x 375).")
  var image: String?

  @Option(
    help: ArgumentHelp(
      "Also write what the network gives for the picture, to compare with other engines.",
      valueName: "file.safetensors"))
  var predictions: String?

  @Option(help: "File for the figures as JSON, - for the standard output.")
  var json: String?

  @Flag(
    help: """
      Run the network alone as often as each line of the standard input says, from pixels in memory to \
      predictions in memory, and answer each line with a line of JSON: for measuring in turn with \
      another program.
      """)
  var onDemand = false

  @OptionGroup(title: "Machine") var machine: InferenceOptions

  mutating func validate() throws {
    for (name, value) in [("batch", batch), ("runs", runs)] where value < 1 {
      throw ValidationError("--\(name) must be at least 1")
    }
    guard warmUp >= 0 else { throw ValidationError("--warm-up must be at least 0") }
  }

  func run() throws {
    let picture =
      try image.map { try EncodedImage(contentsOf: URL(filePath: $0)) }
      ?? Self.paintedPicture()
    let model = try ImportedModel(named: model)
    let predictor = try machine.predictor(model)
    let steps = DetectionSteps(predictor: predictor, picture: picture, batch: batch)
    if onDemand { return try serve(steps) }
    let times = try steps.timed(runs: runs, warmUp: warmUp)
    if let predictions {
      try RawPredictionsFile.write(
        steps.predictions(), of: predictor.configuration, to: predictions)
    }
    let report = DetectionBenchmark(
      model: model.url.relativePath, predictor: predictor, batch: batch,
      times: times, layers: try steps.layers(repetitions: runs))
    if json != "-" { print(report) }
    try json.map { try JSONOutput.write(report, to: $0) }
  }

  private func serve(_ steps: DetectionSteps) throws {
    try OnDemand.serve { count in
      OnDemand.Answer(seconds: try steps.secondsOfNetwork(runs: count), count: count)
    }
  }

  /// A scene with objects and clutter, of the size that most of Pascal VOC's photographs have.
  private static func paintedPicture() throws -> EncodedImage {
    var shapes = SyntheticShapes(.cluttered, seed: 1)
    (shapes.widths, shapes.heights) = (500...500, 375...375)
    return try EncodedImage(data: shapes.scene(at: 0).image.jpegData())
  }
}
