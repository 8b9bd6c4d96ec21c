import ArgumentParser
import MultiBox

/// What counts as a detection.
struct DetectionOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The score that a detection must exceed, 0...1.")
  var minimumScore: Float = 0.2

  @Option(
    parsing: .unconditional,
    help: """
      Non-maximum suppression: the overlap (IoU) above which the lesser of two boxes of a class is \
      dropped, 0...1.
      """)
  var iouThreshold: Float = 0.5

  @Option(parsing: .unconditional, help: "The most detections in an image.")
  var limit = 200

  @Option(
    help:
      "Look only at so many of a class's best boxes (400 in Caffe and torchvision; default: all).")
  var candidates: Int?

  @Option(
    help: ArgumentHelp("Leave a class out of the results; may be repeated.", valueName: "class"))
  var excludeClass: [String] = []

  @Flag(help: "Let a detection suppress overlapping ones of other classes too.")
  var classAgnosticNMS = false

  // The names of earlier releases.
  @OptionGroup(visibility: .hidden) var formerOverlap: FormerOverlapName
  @Option(name: .customLong("suppress"), help: .hidden) var formerExcludeClass: [String] = []
  @Flag(name: .customLong("exclusive"), help: .hidden) var formerClassAgnosticNMS = false

  mutating func validate() throws {
    iouThreshold = formerOverlap.value(or: iouThreshold)
    excludeClass += formerExcludeClass
    classAgnosticNMS = classAgnosticNMS || formerClassAgnosticNMS
    guard (0...1).contains(minimumScore), (0...1).contains(iouThreshold) else {
      throw ValidationError("--minimum-score and --iou-threshold lie between 0 and 1")
    }
    guard limit > 0, candidates ?? 1 > 0 else {
      throw ValidationError("--limit and --candidates must be at least 1")
    }
  }

  var value: DetectionSettings {
    DetectionSettings(
      minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit,
      maximumCandidates: candidates, nmsAcrossClasses: classAgnosticNMS)
  }

  /// The labels to leave out.
  /// - Throws: ``CommandError`` for one that the model does not know.
  func excludedLabels(of classes: ClassList) throws -> Set<String> {
    for label in excludeClass where classes.index(of: label) == nil {
      throw CommandError(
        "the model knows no class `\(label)`; it knows \(classes.labels.joined(separator: ", "))")
    }
    return Set(excludeClass)
  }
}
