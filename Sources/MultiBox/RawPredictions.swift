import Dispatch

/// What a network says about a batch of images, before anybody makes sense of it.
public struct RawPredictions: Sendable {
  /// How many images there are.
  public let imageCount: Int
  /// Encoded offsets, (images, priors, 4), row-major.
  public let locations: [Float]
  /// Class scores before the softmax, (images, priors, classes + 1), row-major.
  public let scores: [Float]

  /// The predictions for a batch; see the properties for the shapes.
  public init(imageCount: Int, locations: [Float], scores: [Float]) {
    self.imageCount = imageCount
    self.locations = locations
    self.scores = scores
  }
}

extension PredictionDecoder {
  /// The detections of every image of a batch, best first; images are decoded in parallel.
  ///
  /// - Precondition: the predictions are of this decoder's priors and classes.
  public func detections(
    _ predictions: RawPredictions, settings: DetectionSettings,
    suppressing suppressedLabels: Set<String> = []
  ) -> [[Detection]] {
    let count = predictions.imageCount
    let locationsPerImage = priors.count * 4
    let scoresPerImage = priors.count * (classes.count + 1)
    return [[Detection]](unsafeUninitializedCapacity: count) { results, initialized in
      nonisolated(unsafe) let results = results
      predictions.locations.withUnsafeBufferPointer { locations in
        predictions.scores.withUnsafeBufferPointer { scores in
          nonisolated(unsafe) let locations = locations
          nonisolated(unsafe) let scores = scores
          DispatchQueue.concurrentPerform(iterations: count) { image in
            let detections = detections(
              locations: .init(
                rebasing: locations[image * locationsPerImage..<(image + 1) * locationsPerImage]),
              scores: .init(
                rebasing: scores[image * scoresPerImage..<(image + 1) * scoresPerImage]),
              settings: settings, suppressing: suppressedLabels)
            (results.baseAddress! + image).initialize(to: detections)
          }
        }
      }
      initialized = count
    }
  }
}
