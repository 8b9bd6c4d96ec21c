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
  /// How many images are kept as examples.
  private static let exampleCount = 4

  /// A validator of these images.
  public init(_ dataset: DetectionDataset, batchSize: Int) {
    self.dataset = dataset
    self.batchSize = batchSize
  }

  /// Scores a network at the settings that results are compared with (0.01, 0.45, 200).
  ///
  /// - Parameter iteration: the last one done.
  public func score(
    _ network: SSDNetwork, after iteration: Int = 0, autocast: ScalarType?,
    shouldStop: () -> Bool = { false }
  ) throws -> ValidationScores {
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
    var examples: [ValidationScores.Example] = []
    while !shouldStop(), let batch = try loader.next() {
      let count = batch.objects.count
      let pixels = Tensor(batch.pixels, shape: [count, batch.size, batch.size, 3])
        .moved(to: network.device)
      let (locations, scores) = withoutGradients {
        withAutocast(autocast, on: network.device) { network(network.normalized(pixels)) }
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
        let image = ScoredImage(
          id: batch.names[index], width: width, height: height, fractionalDetections: found,
          fractionalObjects: batch.objects[index])
        evaluator.add(pixelDetections: image.detections, objects: image.objects)
        if examples.count < Self.exampleCount {
          let file = dataset[batch.indices[index]].file
          examples.append(ValidationScores.Example(file: file, image: image))
        }
      }
    }
    return ValidationScores(
      iteration: iteration, loss: total / Double(max(batches, 1)), results: evaluator.results(),
      coco: evaluator.report().mean.coco, examples: examples)
  }
}
