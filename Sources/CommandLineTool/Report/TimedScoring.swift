import Datasets
import Evaluation
import Foundation
import Inference
import MultiBox

/// Runs a network over annotated images one by one and times every step.
struct TimedScoring {
  let predictor: any Predictor
  let settings: DetectionSettings
  /// Pictures of the start that are run through once before, so that the first is not slower.
  private static let warmUpCount = 3

  /// What was found in the images, and how long it took.
  func scored(
    _ dataset: DetectionDataset
  ) throws -> (images: [ScoredImage], times: DetectionSteps.Times) {
    let configuration = predictor.configuration
    let decoder = PredictionDecoder(configuration)
    var images: [ScoredImage] = []
    var times = DetectionSteps.Times()
    var line = ProgressLine()
    for index in 0..<min(Self.warmUpCount, dataset.count) {
      let batch = try Batch(dataset, at: index, imageSize: configuration.imageSize)
      _ = try predictor.predict(batch.pixels, imageCount: 1)
    }
    for index in 0..<dataset.count {
      if Interruption.shared.isRequested {
        throw CommandError("stopped before all images were scored")
      }
      let start = ContinuousClock.now
      let batch = try times.preprocessing.measure {
        try Batch(dataset, at: index, imageSize: configuration.imageSize)
      }
      let predictions = try times.network.measure {
        try predictor.predict(batch.pixels, imageCount: 1)
      }
      let detections = times.postprocessing.measure {
        decoder.detections(predictions, settings: settings)
      }
      times.total.add(ContinuousClock.now - start)
      let (width, height) = batch.sourceSizes[0]
      images.append(
        ScoredImage(
          id: batch.names[0], width: width, height: height, fractionalDetections: detections[0],
          fractionalObjects: batch.objects[0]))
      line.show("\(index + 1) of \(dataset.count) images")
    }
    line.close()
    return (images, times)
  }
}
