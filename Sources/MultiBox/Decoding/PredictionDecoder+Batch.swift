import Dispatch

extension PredictionDecoder {
  /// The detections of every image of a batch, best first; images are decoded in parallel.
  ///
  /// - Parameters:
  ///   - predictions: what the network predicts for the batch.
  ///   - settings: what counts as a detection.
  ///   - excludedLabels: the labels of classes to leave out.
  /// - Precondition: the predictions are of this decoder's priors and classes.
  public func detections(
    _ predictions: RawPredictions, settings: DetectionSettings,
    excluding excludedLabels: Set<String> = []
  ) -> [[Detection]] {
    let count = predictions.imageCount
    return [[Detection]](unsafeUninitializedCapacity: count) { results, initialized in
      nonisolated(unsafe) let results = results
      DispatchQueue.concurrentPerform(iterations: count) { image in
        (results.baseAddress! + image).initialize(
          to: detections(
            predictions, image: image, settings: settings, excluding: excludedLabels))
      }
      initialized = count
    }
  }

  /// The detections of one image of a batch, best first.
  ///
  /// - Parameters:
  ///   - predictions: what the network predicts for the batch.
  ///   - image: the image's index in the batch.
  ///   - settings: what counts as a detection.
  ///   - excludedLabels: the labels of classes to leave out.
  /// - Precondition: the predictions are of this decoder's priors and classes.
  public func detections(
    _ predictions: RawPredictions, image: Int, settings: DetectionSettings,
    excluding excludedLabels: Set<String> = []
  ) -> [Detection] {
    let columns = classes.count + 1
    let offsets = image * priors.count * 4..<(image + 1) * priors.count * 4
    let logits = image * priors.count * columns..<(image + 1) * priors.count * columns
    return predictions.offsets.withUnsafeBufferPointer { allOffsets in
      predictions.logits.withUnsafeBufferPointer { allLogits in
        detections(
          offsets: .init(rebasing: allOffsets[offsets]),
          logits: .init(rebasing: allLogits[logits]), settings: settings,
          excluding: excludedLabels)
      }
    }
  }
}
