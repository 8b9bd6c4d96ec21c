import ArgumentParser
import Foundation
import Images
import Inference
import MultiBox

struct DetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect", abstract: "Find objects in images.",
    discussion: """
      Draws boxes into copies of the images (--output), writes JSON (--json), or prints a line for \
      every object.
      """)

  @Argument(help: "The model.")
  var model: String

  @Argument(
    help: "Images (JPEG, PNG, WebP), folders of images, or patterns such as 'photos/*.jpg'.")
  var images: [String]

  @Option(name: .shortAndLong, help: "Folder for the images with boxes.")
  var output: String?

  @Option(help: "File for the detections, - for the standard output.")
  var json: String?

  @Option(help: "File (PNG, JPEG, WebP or SVG) that shows all images with boxes on one sheet.")
  var sheet: String?

  @OptionGroup(title: "Detection") var settings: DetectionOptions
  @OptionGroup(title: "Machine") var machine: InferenceOptions

  func run() throws {
    let files = try ImageFiles.found(images)
    let detector = try machine.detector(model)
    let suppressed = try settings.suppressedLabels(of: detector.configuration.classes)
    let pictures = try output.map { try PictureFolder(URL(filePath: $0), for: files) }
    var painted: [ContactSheet.Entry] = []
    var found: [ImageDetections] = []
    var failures = 0
    var line = ProgressLine()
    for (number, file) in files.enumerated() {
      if Interruption.shared.isRequested { throw ExitCode(130) }
      let image: Image
      do {
        image = try Image(contentsOf: file)
      } catch {
        failures += 1
        line.note("error: \(error)")
        continue
      }
      var detections = try detector.detect(
        in: [image], settings: settings.value, suppressing: suppressed)[0]
      if settings.exclusive { detections = settings.exclusive(detections) }
      let result = ImageDetections(file: file.relativePath, image: image, detections)
      found.append(result)
      if json == nil { print(result) }
      if pictures != nil || sheet != nil {
        let picture = try DetectionPainter(classes: detector.configuration.classes)
          .paint(detections, on: image)
        try pictures?.write(picture, of: file)
        if sheet != nil {
          painted.append(ContactSheet.Entry(image: picture, caption: file.lastPathComponent))
        }
      }
      line.show("\(number + 1) of \(files.count) images")
    }
    line.close()
    try json.map { try JSONOutput.write(found, to: $0) }
    if let sheet, !painted.isEmpty {
      let objects = found.reduce(0) { $0 + $1.detections.count }
      try ContactSheet(
        title: "\(objects) objects in \(painted.count) images",
        subtitle: "\(detector.configuration.name), scores above \(settings.minimumScore)",
        entries: painted
      ).canvas.write(to: URL(filePath: sheet))
    }
    if failures > 0 {
      complain("\(failures) of \(files.count) images could not be read")
      throw ExitCode.failure
    }
  }
}

/// What counts as a detection.
struct DetectionOptions: ParsableArguments {
  @Option(help: "The score that a detection must exceed, 0...1.")
  var minimumScore: Float = 0.2

  @Option(help: "The overlap above which the lesser of two boxes of a class is dropped, 0...1.")
  var maximumOverlap: Float = 0.5

  @Option(help: "The most detections in an image.")
  var limit = 200

  @Option(
    help: ArgumentHelp("Leave a class out of the results; may be repeated.", valueName: "class"))
  var suppress: [String] = []

  @Flag(help: "Let a detection suppress overlapping ones of other classes too.")
  var exclusive = false

  mutating func validate() throws {
    guard (0...1).contains(minimumScore), (0...1).contains(maximumOverlap) else {
      throw ValidationError("--minimum-score and --maximum-overlap lie between 0 and 1")
    }
    guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
  }

  var value: DetectionSettings {
    DetectionSettings(minimumScore: minimumScore, maximumOverlap: maximumOverlap, limit: limit)
  }

  /// The detections that no better one of any class overlaps too much.
  func exclusive(_ detections: [Detection]) -> [Detection] {
    MultiBox.suppressed(detections.map(\.box), maximumOverlap: maximumOverlap)
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
