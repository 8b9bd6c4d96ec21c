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
  private let communicator: any Communicator
  /// How many images are kept as examples.
  private static let exampleCount = 4

  /// A validator of these images.
  ///
  /// - Parameter communicator: processes that share out the batches; each gets the figures of all.
  public init(
    _ dataset: DetectionDataset, batchSize: Int,
    communicator: any Communicator = SingleProcess()
  ) {
    self.dataset = dataset
    self.batchSize = batchSize
    self.communicator = communicator
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
    let options = BatchLoader.Options.evaluation(
      batchSize: batchSize, imageSize: configuration.imageSize)
    let share = communicator.share.range(of: options.batchCount(for: dataset))
    let loader = BatchLoader(
      dataset, options, startingAtBatch: share.lowerBound, endingBeforeBatch: share.upperBound)
    defer { loader.cancel() }
    let wasTraining = network.isTraining
    network.isTraining = false
    defer { network.isTraining = wasTraining }

    var total = 0.0
    var batches = 0.0
    var images: [ScoredImage] = []
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
          imageCount: count, offsets: locations.array(), logits: scores.array()),
        settings: .evaluation)
      for (index, found) in detections.enumerated() {
        let (width, height) = batch.sourceSizes[index]
        images.append(
          ScoredImage(
            id: batch.names[index], width: width, height: height, fractionalDetections: found,
            fractionalObjects: batch.objects[index]))
      }
    }
    let sums = try communicator.sums(of: [total, batches])
    images = try ScoredImage.gathered(
      images, classes: configuration.classes, over: communicator)
    var evaluator = DetectionEvaluator(classes: configuration.classes)
    for image in images {
      evaluator.add(pixelDetections: image.detections, objects: image.objects)
    }
    return ValidationScores(
      iteration: iteration, loss: sums[0] / max(sums[1], 1), results: evaluator.results(),
      coco: evaluator.report().mean.coco,
      examples: zip(dataset.images, images).prefix(Self.exampleCount).map {
        ValidationScores.Example(file: $0.file, image: $1)
      })
  }
}
