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
    return [[Detection]](unsafeUninitializedCapacity: count) { results, initialized in
      nonisolated(unsafe) let results = results
      DispatchQueue.concurrentPerform(iterations: count) { image in
        (results.baseAddress! + image).initialize(
          to: detections(
            predictions, image: image, settings: settings, suppressing: suppressedLabels))
      }
      initialized = count
    }
  }

  /// The detections of one image of a batch, best first.
  ///
  /// - Parameter image: its place in the batch.
  /// - Precondition: the predictions are of this decoder's priors and classes.
  public func detections(
    _ predictions: RawPredictions, image: Int, settings: DetectionSettings,
    suppressing suppressedLabels: Set<String> = []
  ) -> [Detection] {
    let locations = image * priors.count * 4..<(image + 1) * priors.count * 4
    let columns = classes.count + 1
    let scores = image * priors.count * columns..<(image + 1) * priors.count * columns
    return predictions.locations.withUnsafeBufferPointer { allLocations in
      predictions.scores.withUnsafeBufferPointer { allScores in
        detections(
          locations: .init(rebasing: allLocations[locations]),
          scores: .init(rebasing: allScores[scores]), settings: settings,
          suppressing: suppressedLabels)
      }
    }
  }
}
