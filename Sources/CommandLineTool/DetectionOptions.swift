import ArgumentParser
import MultiBox

/// What counts as a detection.
struct DetectionOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The score that a detection must exceed, 0...1.")
  var minimumScore: Float = 0.2

  @Option(
    parsing: .unconditional,
    help: "The overlap above which the lesser of two boxes of a class is dropped, 0...1.")
  var maximumOverlap: Float = 0.5

  @Option(parsing: .unconditional, help: "The most detections in an image.")
  var limit = 200

  @Option(
    help:
      "Look only at so many of a class's best boxes (400 in Caffe and torchvision; default: all).")
  var candidates: Int?

  @Option(
    help: ArgumentHelp("Leave a class out of the results; may be repeated.", valueName: "class"))
  var suppress: [String] = []

  @Flag(help: "Let a detection suppress overlapping ones of other classes too.")
  var exclusive = false

  mutating func validate() throws {
    guard (0...1).contains(minimumScore), (0...1).contains(maximumOverlap) else {
      throw ValidationError("--minimum-score and --maximum-overlap lie between 0 and 1")
    }
    guard limit > 0, candidates ?? 1 > 0 else {
      throw ValidationError("--limit and --candidates must be at least 1")
    }
  }

  var value: DetectionSettings {
    DetectionSettings(
      minimumScore: minimumScore, maximumOverlap: maximumOverlap, limit: limit,
      maximumCandidates: candidates)
  }

  /// What is shown of an image's detections: with `--exclusive`, those that no better one of any class
  /// overlaps too much.
  func shown(_ detections: [Detection]) -> [Detection] {
    guard exclusive else { return detections }
    return MultiBox.suppressed(detections.map(\.box), maximumOverlap: maximumOverlap)
      .map { detections[$0] }
  }

  func suppressedLabels(of classes: ClassList) throws -> Set<String> {
    for label in suppress where classes.index(of: label) == nil {
      throw CommandError(
        "the model knows no class `\(label)`; it knows \(classes.labels.joined(separator: ", "))")
    }
    return Set(suppress)
  }
}
