import ArgumentParser
import Foundation
import MultiBox
import Weights

struct BenchmarkBoxesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boxes", abstract: "Time post-processing: raw predictions to boxes.",
    discussion: """
      Measures what takes longer the more candidates a network leaves: softmax, threshold, decoding \
      and suppression, for the first image of a file such as `ssd benchmark detect --predictions` \
      writes. The settings are those of `ssd evaluate` unless told otherwise.
      """)

  @Argument(help: "Safetensors with `locations` and `scores`.")
  var predictions: String

  @Option(help: "The model, or the preset, whose priors and classes the predictions have.")
  var model = "ssd300"

  @Option(help: "The score that a detection must exceed, 0...1.")
  var minimumScore = DetectionSettings.evaluation.minimumScore

  @Option(
    help: "The overlap (IoU) above which the lesser of two boxes of a class is dropped, 0...1.")
  var iouThreshold = DetectionSettings.evaluation.iouThreshold

  @OptionGroup(visibility: .hidden) var formerOverlap: FormerOverlapName

  @Option(help: "The most detections.")
  var limit = DetectionSettings.evaluation.limit

  @Option(help: "Look only at so many of a class's best boxes (default: all).")
  var candidates: Int?

  @Option(help: "How often everything is measured.")
  var runs = 100

  @Option(help: "File for the figures and the detections as JSON, - for the standard output.")
  var json: String?

  mutating func validate() throws {
    iouThreshold = formerOverlap.value(or: iouThreshold)
    guard runs > 0, limit > 0, candidates ?? 1 > 0 else {
      throw ValidationError("--runs, --limit and --candidates must be at least 1")
    }
  }

  func run() throws {
    let configuration = try ImportedModel(named: model).configuration
    let raw = try RawPredictionsFile.read(predictions, for: configuration)
    let decoder = PredictionDecoder(configuration)
    let settings = DetectionSettings(
      minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit,
      maximumCandidates: candidates)
    var detections = decoder.detections(raw, image: 0, settings: settings)
    var timings = Timings()
    for _ in 0..<runs {
      detections = timings.measure { decoder.detections(raw, image: 0, settings: settings) }
    }
    if json != "-" {
      let share = [0.5, 0.95, 0.99].map { String(format: "%.3f", timings.percentile($0)) }
      print(
        """
        \(detections.count) detections; p50 \(share[0]) ms, p95 \(share[1]) ms, p99 \(share[2]) ms \
        (\(runs) runs)
        """)
    }
    try json.map { try JSONOutput.write(Report(timings, detections), to: $0) }
  }

  private struct Report: Encodable {
    let milliseconds: Timings
    let detections: [Entry]

    struct Entry: Encodable {
      let classIndex: Int
      let score: Float
      /// xmin, ymin, xmax, ymax in fractions of the image.
      let box: [Float]
    }

    init(_ timings: Timings, _ detections: [Detection]) {
      milliseconds = timings
      self.detections = detections.map { detection in
        let box = detection.box
        return Entry(
          classIndex: detection.classIndex, score: detection.score,
          box: [box.xMin, box.yMin, box.xMax, box.yMax])
      }
    }
  }
}
