import Dispatch
import Foundation

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

extension RawPredictions {
  /// The class scores after the softmax, (images, priors, columns), row-major.
  ///
  /// - Parameter columns: classes and background.
  public func probabilities(columns: Int) -> [Float] {
    stride(from: 0, to: scores.count, by: columns).flatMap { start -> [Float] in
      let row = scores[start..<start + columns]
      let highest = row.max() ?? 0
      let powers = row.map { exp(Double($0 - highest)) }
      let sum = powers.reduce(0, +)
      return powers.map { Float($0 / sum) }
    }
  }

  /// The encoded offsets at a prior; those of the second image's priors follow the first's.
  public func offsets(at prior: Int) -> Offsets {
    let start = prior * 4
    return Offsets(
      centerX: locations[start], centerY: locations[start + 1], width: locations[start + 2],
      height: locations[start + 3])
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
