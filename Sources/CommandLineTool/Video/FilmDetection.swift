import ArgumentParser
import Foundation
import Images
import Inference
import MultiBox

/// Detects in every frame of a film and shows what was found.
struct FilmDetection {
  let detector: Detector
  let settings: DetectionOptions
  let excludedLabels: Set<String>
  let batch: Int
  /// The film to write.
  let output: URL?

  /// What becomes of a frame.
  private struct Found: Sendable {
    let detections: [Detection]
    /// With boxes, where a film is written.
    let picture: Image?
  }

  /// - Parameter json: where the detections go, if anywhere.
  /// - Throws: ``ExitCode`` when somebody wants the work to stop; the film is then complete up to
  ///   there.
  func run(on film: Film, json: DetectionsFile?) throws {
    let writer = try output.map { output in
      guard output.standardizedFileURL != film.file.standardizedFileURL else {
        throw CommandError("\(output.relativePath) is the film to read; name another --output")
      }
      return try FilmWriter(output, like: film)
    }
    let reader = try FilmReader(film)
    defer { reader.stop() }
    var count = 0
    var line = ProgressLine()
    let start = ContinuousClock.now
    var speed: Double { Double(count) / ((ContinuousClock.now - start) / .seconds(1)) }
    try pipeline(isPainted: writer != nil).run {
      Interruption.shared.isRequested ? nil : try reader.next()
    } deliver: { _, outcome in
      let frame = try outcome.get()
      if let picture = frame.picture { try writer?.write(picture) }
      let result = ImageDetections(
        file: film.file.relativePath, frame: count, time: Double(count) / film.frameRate.value,
        width: film.width, height: film.height, frame.detections)
      try json?.append(result)
      if json == nil, writer == nil, !frame.detections.isEmpty { print(result) }
      count += 1
      line.show(progress(count, of: film, speed: speed))
    }
    let finalSpeed = speed
    line.close()
    try writer?.finish()
    printError(
      String(
        format: "%d frames in %@: %.1f frames/s", count,
        formatted(seconds: Double(count) / finalSpeed),
        finalSpeed))
    try json?.finish()
    if Interruption.shared.isRequested { throw ExitCode(130) }
  }

  private func pipeline(isPainted: Bool) -> DetectionPipeline<Image, Image, Found> {
    DetectionPipeline(
      detector, settings: settings.value, excluding: excludedLabels, batchSize: batch
    ) { frame in
      .init(detector.pixels(of: [frame]), about: frame)
    } finish: { frame, detections in
      let picture =
        isPainted
        ? try DetectionPainter(classes: detector.configuration.classes).paint(detections, on: frame)
        : nil
      return Found(detections: detections, picture: picture)
    }
  }

  /// `frame 120 of 300  [########------------]  18.3 frames/s  10 s left`
  private func progress(_ count: Int, of film: Film, speed: Double) -> String {
    let rate = String(format: "%.1f frames/s", speed)
    // What a file says of its length is not always so.
    guard let total = film.frameCount, total >= count else { return "frame \(count)  \(rate)" }
    let width = 20
    let done = width * count / total
    let bar = String(repeating: "#", count: done) + String(repeating: "-", count: width - done)
    return
      "frame \(count) of \(total)  [\(bar)]  \(rate)  \(formatted(seconds: Double(total - count) / speed)) left"
  }
}
