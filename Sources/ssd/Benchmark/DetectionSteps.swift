import Images
import Inference
import MultiBox

/// The three steps from a compressed picture to boxes, each by itself.
struct DetectionSteps {
  let predictor: any Predictor
  let picture: EncodedImage
  /// How often the picture is in a batch.
  let batch: Int

  /// How long the steps took, run by run.
  struct Times {
    var preprocessing = Timings()
    var network = Timings()
    var postprocessing = Timings()
    var total = Timings()
  }

  /// - Parameter warmUp: runs before the first that counts.
  func timed(runs: Int, warmUp: Int) throws -> Times {
    let decoder = PredictionDecoder(predictor.configuration)
    let size = predictor.configuration.imageSize
    var times = Times()
    for number in -warmUp..<runs {
      if number == 0 { times = Times() }
      let start = ContinuousClock.now
      let pixels = try times.preprocessing.measure {
        try (0..<batch).flatMap { _ in
          try Image(picture).resized(width: size, height: size).pixels
        }
      }
      let predictions = try times.network.measure {
        try predictor.predict(pixels, imageCount: batch)
      }
      _ = times.postprocessing.measure { decoder.detections(predictions, settings: .init()) }
      times.total.add(ContinuousClock.now - start)
    }
    return times
  }
}
