import Datasets
import Evaluation
import Foundation
import MultiBox
import SSD
import Torch

/// Scores a network on annotated images: the multibox loss and mean average precision.
public final class Validator {
  private let dataset: DetectionDataset
  private let batchSize: Int

  /// A validator of these images.
  public init(_ dataset: DetectionDataset, batchSize: Int) {
    self.dataset = dataset
    self.batchSize = batchSize
  }

  /// - Returns: the loss averaged over batches, and the evaluation at the settings that results are
  ///   compared with (0.01, 0.45, 200).
  public func score(
    _ network: SSDNetwork, autocast: ScalarType?, shouldStop: () -> Bool = { false }
  ) throws -> (loss: Double, report: EvaluationReport) {
    let configuration = network.configuration
    let decoder = PredictionDecoder(configuration)
    let loss = MultiBoxLoss(priors: decoder.priors, configuration: configuration.loss)
    var evaluator = DetectionEvaluator(classes: configuration.classes)
    let loader = BatchLoader(
      dataset, .evaluation(batchSize: batchSize, imageSize: configuration.imageSize))
    defer { loader.cancel() }
    let wasTraining = network.isTraining
    network.isTraining = false
    defer { network.isTraining = wasTraining }

    var total = 0.0
    var batches = 0
    while !shouldStop(), let batch = try loader.next() {
      let count = batch.objects.count
      let pixels = Tensor(batch.pixels, shape: [count, batch.size, batch.size, 3])
      let (locations, scores) = withoutGradients {
        withAutocast(autocast) { network(network.normalized(pixels)) }
      }
      let parts = withoutGradients {
        loss(locations: locations, scores: scores, targets: loss.targets(for: batch.objects))
      }
      total += parts.total.scalar
      batches += 1
      let detections = decoder.detections(
        RawPredictions(
          imageCount: count, locations: locations.array(), scores: scores.array()),
        settings: .evaluation)
      for (index, found) in detections.enumerated() {
        let (width, height) = batch.sourceSizes[index]
        evaluator.add(
          detections: found, objects: batch.objects[index], width: width, height: height)
      }
    }
    return (total / Double(max(batches, 1)), evaluator.report())
  }
}
