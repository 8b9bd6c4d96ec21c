import ArgumentParser
import Foundation
import Images
import Inference
import MultiBox

/// Detects in image files and shows what was found.
struct ImageDetection {
  let detector: Detector
  let settings: DetectionOptions
  let excludedLabels: Set<String>
  let batch: Int
  /// The folder for the images with boxes.
  let output: URL?
  let sheet: URL?

  /// What becomes of an image.
  private struct Found: Sendable {
    let result: ImageDetections
    /// The image with boxes, where a sheet shall show it.
    let picture: Image?
    /// The classes of the boxes.
    var classes: Set<Int> = []
  }

  /// - Parameters:
  ///   - files: the images to look at.
  ///   - all: those that pictures in the folder are named apart from, where others look at the rest.
  ///   - json: where the detections go instead of the standard output.
  /// - Throws: ``ExitCode`` when some images could not be read, which are named, and when somebody
  ///   wants the work to stop.
  func run(on files: [URL], of all: [URL], json: DetectionsFile?) throws {
    let pictures = try output.map { try PictureFolder($0, for: all) }
    let pipeline = pipeline(pictures)
    var count = 0
    var objects = 0
    var painted: [ContactSheet.Entry] = []
    var classes: Set<Int> = []
    var failures = 0
    var line = ProgressLine()
    let start = ContinuousClock.now
    nonisolated(unsafe) var remaining = files.makeIterator()
    try pipeline.run {
      Interruption.shared.isRequested ? nil : remaining.next()
    } deliver: { file, outcome in
      switch outcome {
      case .success(let image):
        count += 1
        objects += image.result.detections.count
        try json?.append(image.result)
        if json == nil { print(image.result) }
        if let picture = image.picture {
          painted.append(ContactSheet.Entry(image: picture, caption: file.lastPathComponent))
          classes.formUnion(image.classes)
        }
      case .failure(let error as ImageError) where error.isAboutReading:
        failures += 1
        line.note("error: \(error)")
      case .failure(let error): throw error
      }
      line.show("\(count + failures) of \(files.count) images")
    }
    line.close()
    if Interruption.shared.isRequested { throw ExitCode(130) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if count > 1 {
      printError(
        String(
          format: "%d images in %.2f s: %.1f images/s", count, seconds, Double(count) / seconds))
    }
    try json?.finish()
    if let sheet, !painted.isEmpty {
      try write(painted, objects: objects, classes: classes, to: sheet)
    }
    if failures > 0 {
      printError("\(failures) of \(files.count) images could not be read")
      throw ExitCode.failure
    }
  }

  private func pipeline(
    _ pictures: PictureFolder?
  ) -> DetectionPipeline<URL, (file: URL, image: EncodedImage), Found> {
    let isPainted = pictures != nil || sheet != nil
    return DetectionPipeline(
      detector, settings: settings.value, excluding: excludedLabels, batchSize: batch
    ) { file in
      let image = try EncodedImage(contentsOf: file)
      return .init(try detector.pixels(of: [image]), about: (file, image))
    } finish: { subject, detections in
      let (file, image) = subject
      let result = ImageDetections(
        file: file.relativePath, width: image.width, height: image.height, detections)
      guard isPainted else { return Found(result: result, picture: nil) }
      let picture = try DetectionPainter(classes: detector.configuration.classes)
        .paint(detections, on: Image(image))
      try pictures?.write(picture, of: file)
      return Found(
        result: result, picture: sheet == nil ? nil : picture,
        classes: Set(detections.map(\.classIndex)))
    }
  }

  private func write(
    _ entries: [ContactSheet.Entry], objects: Int, classes: Set<Int>, to sheet: URL
  ) throws {
    try ContactSheet(
      title: """
        \(objects) object\(objects == 1 ? "" : "s") in \(entries.count) image\(entries.count == 1 ? "" : "s")
        """,
      subtitle: "\(detector.configuration.name), scores above \(settings.minimumScore)",
      keys: detector.configuration.classes.keys(of: classes),
      entries: entries
    ).canvas.write(to: sheet)
  }
}

extension ImageError {
  /// Whether a picture could not be read, and not written.
  fileprivate var isAboutReading: Bool {
    switch reason {
    case .unwritable, .unknownExtension: false
    default: true
    }
  }
}
