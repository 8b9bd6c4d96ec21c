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
    let detector = Detector(predictor)
    let decoder = PredictionDecoder(predictor.configuration)
    let pictures = Array(repeating: picture, count: batch)
    var times = Times()
    for number in -warmUp..<runs {
      if number == 0 { times = Times() }
      let start = ContinuousClock.now
      let pixels = try times.preprocessing.measure { try detector.pixels(of: pictures) }
      let predictions = try times.network.measure {
        try predictor.predict(pixels, imageCount: batch)
      }
      _ = times.postprocessing.measure { decoder.detections(predictions, settings: .init()) }
      times.total.add(ContinuousClock.now - start)
    }
    return times
  }

  /// How long the network takes for so many batches, in seconds.
  func secondsOfNetwork(runs: Int) throws -> Double {
    let pixels = try Detector(predictor).pixels(of: Array(repeating: picture, count: batch))
    let start = ContinuousClock.now
    for _ in 0..<runs { _ = try predictor.predict(pixels, imageCount: batch) }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// What the network gives for the picture, once.
  func predictions() throws -> RawPredictions {
    try predictor.predict(Detector(predictor).pixels(of: [picture]), imageCount: 1)
  }

  /// Where the network's time goes; nil for an engine that does not tell.
  func layers(repetitions: Int) throws -> LayerFigures? {
    guard let predictor = predictor as? NativePredictor else { return nil }
    let pixels = try Detector(predictor).pixels(of: [picture])
    let profile = try predictor.profile(pixels, repetitions: repetitions)
    let operands = Set(profile.layers.compactMap(\.operand))
    return LayerFigures(
      profile: profile,
      peaks: MachinePeak.Operand.allCases.filter(operands.contains).map {
        MachinePeak(
          of: $0, threads: predictor.threadCount, instructionSet: predictor.instructionSet)
      })
  }
}
