import Datasets
import Evaluation
import Foundation
import Inference
import MultiBox

/// Scores a detector on annotated images.
struct ModelScoring {
  let detector: Detector
  let settings: DetectionSettings
  let batchSize: Int
  /// The images that are scored.
  var share = Share.whole

  /// - Parameter folder: where the detections are written as VOC result files, if anywhere.
  func report(
    on selection: DataSelection, savingResultsTo folder: URL? = nil
  ) throws -> EvaluationReport {
    let configuration = detector.configuration
    let dataset = try selection.dataset(classes: configuration.classes).part(share)
    var evaluator = DetectionEvaluator(classes: configuration.classes)
    var results = VOCResults(classes: configuration.classes)
    let loader = BatchLoader(
      dataset, .evaluation(batchSize: batchSize, imageSize: configuration.imageSize))
    defer { loader.cancel() }
    var line = ProgressLine()
    var done = 0
    while let batch = try loader.next() {
      if Interruption.shared.isRequested {
        throw CommandError("stopped before all images were scored")
      }
      let detections = try detector.detect(
        inPixels: batch.pixels, imageCount: batch.count, settings: settings)
      for (index, found) in detections.enumerated() {
        let (width, height) = batch.sourceSizes[index]
        evaluator.add(
          detections: found, objects: batch.objects[index], width: width, height: height)
        if folder != nil {
          results.add(found, image: batch.names[index], width: width, height: height)
        }
      }
      done += batch.count
      line.show("\(done) of \(dataset.count) images")
    }
    line.close()
    if let folder { try results.write(to: folder, split: selection.listName) }
    return evaluator.report()
  }
}
