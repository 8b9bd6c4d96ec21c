import ArgumentParser
import Datasets
import Foundation
import Images
import Inference
import MultiBox

struct DetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect", abstract: "Find objects in images or in a film.",
    discussion: """
      Draws boxes into copies of the images (--output), writes JSON (--json), or prints a line for \
      every object. Images that cannot be read are named, and the exit code is then 1.

      A single image is computed in another order than several, so as to be ready sooner: in bfloat16 \
      its scores can differ by 0.001 from those it has in company. --precision float32 makes that 0.000001.

      A film (\(Film.fileExtensions.prefix(5).joined(separator: ", ")), ...) is copied with boxes \
      drawn into every frame and its sound kept: `ssd detect MODEL film.mp4 --output found.mp4`. \
      That needs ffmpeg. Ctrl-C ends the copy early; it can be played.

      For many images on many machines, --shard 3/8 looks at the third of eight parts. With \
      --json part-3.jsonl each part writes a line for every image, and `cat part-*.jsonl` of all \
      parts, numbered so that they sort, is what one process would have written.
      """)

  @Argument(help: "The model.")
  var model: String

  @Argument(
    help: """
      Images (JPEG, PNG, WebP), folders of images, patterns such as 'photos/*.jpg', or one film.
      """)
  var images: [String]

  @Option(
    name: .shortAndLong, help: "Folder for the images with boxes, or the picture or film to write.")
  var output: String?

  @Option(
    help: """
      File for the detections, - for the standard output; .jsonl for a line for each image instead of \
      one array.
      """)
  var json: String?

  @Option(help: Shard.help, transform: Shard.parse)
  var shard = Share.whole

  @Option(help: "File (PNG, JPEG, WebP or SVG) that shows all images with boxes on one sheet.")
  var sheet: String?

  @Option(name: .shortAndLong, help: "Images that go through the network together.")
  var batch = 1

  @OptionGroup(title: "Detection") var settings: DetectionOptions
  @OptionGroup(title: "Machine") var machine: InferenceOptions

  mutating func validate() throws {
    guard batch > 0 else { throw ValidationError("--batch must be at least 1") }
    try sheet.map { try PictureName.check($0, option: "--sheet") }
    let files = [output, json, sheet].compactMap { $0 }.filter { $0 != "-" }
      .map { URL(filePath: $0).standardizedFileURL.path }
    guard Set(files).count == files.count else {
      throw ValidationError("--output, --json and --sheet need a file each")
    }
  }

  func run() throws {
    for path in [json, sheet].compactMap({ $0 }) { try OutputPlace.check(path) }
    let files = try ImageFiles.found(images)
    let part = Array(files[shard.range(of: files.count)])
    let films = files.filter(Film.isFilm)
    if let film = films.first {
      guard files.count == 1 else {
        throw CommandError("\(film.relativePath) is a film: name it alone, one at a time")
      }
      guard sheet == nil else { throw CommandError("--sheet is for images, not for films") }
      guard shard == .whole else { throw CommandError("--shard is for images, not for films") }
    }
    // Not the part's count: every part gives what one process would give.
    let detector = try machine.detector(
      model, packing: films.isEmpty && files.count == 1 ? .everyRun : .once)
    let excludedLabels = try settings.excludedLabels(of: detector.configuration.classes)
    let json = try json.map { try DetectionsFile($0, isPart: shard != .whole) }
    if let film = films.first {
      try FilmDetection(
        detector: detector, settings: settings, excludedLabels: excludedLabels, batch: batch,
        output: output.map { URL(filePath: $0) }
      ).run(on: Film(film), json: json)
    } else {
      try ImageDetection(
        detector: detector, settings: settings, excludedLabels: excludedLabels, batch: batch,
        output: output.map { URL(filePath: $0) }, sheet: sheet.map { URL(filePath: $0) }
      ).run(on: part, of: files, json: json)
    }
  }
}
