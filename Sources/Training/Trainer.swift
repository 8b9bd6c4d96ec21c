import Datasets
import Foundation
import MultiBox
import SSD
import Torch

/// Trains a network: the loop, and everything that is needed to stop and go on as if nothing had
/// happened.
///
/// Which images an iteration sees, how they are augmented and what the learning rate is follow from
/// the seed and the iteration alone.
public final class Trainer {
  /// The network being trained.
  public let network: SSDNetwork
  /// How the run goes.
  public let configuration: TrainingConfiguration
  /// How many iterations are done.
  public internal(set) var iteration = 0
  /// The best validation score so far.
  public internal(set) var best: Double?
  /// The iteration of the newest checkpoint.
  var savedIteration: Int?

  private let dataset: DetectionDataset
  private let cache: PictureCache
  let loss: MultiBoxLoss
  let optimizer: SGD
  let average: ExponentialMovingAverage?

  /// - Parameter cacheBytes: how much memory decoded pictures may take.
  /// - Throws: ``TrainingError`` when the dataset is empty.
  public init(
    _ network: SSDNetwork, on dataset: DetectionDataset, configuration: TrainingConfiguration,
    cacheBytes: Int = 2 << 30
  ) throws {
    guard dataset.count > 0 else { throw TrainingError.noImages }
    cache = PictureCache(dataset: dataset, byteLimit: cacheBytes)
    self.network = network
    self.dataset = dataset
    self.configuration = configuration
    loss = MultiBoxLoss(
      priors: PriorBoxes(network.configuration), configuration: network.configuration.loss)
    let parameters = network.parameters
    optimizer = SGD(
      groups: [
        SGD.Group(
          parameters.filter { !$0.name.hasSuffix(".bias") },
          weightDecay: configuration.weightDecay),
        SGD.Group(
          parameters.filter { $0.name.hasSuffix(".bias") },
          learningRateFactor: configuration.biasLearningRateFactor,
          weightDecay: configuration.weightDecay),
      ], momentum: configuration.momentum)
    average = configuration.averageDecay.map {
      ExponentialMovingAverage(
        of: network.state, decay: $0)
    }
  }

  /// How many images there are to train on.
  public var imageCount: Int { dataset.count }

  /// Batches in an epoch. A last batch that is not full is left for another epoch's shuffle, unless
  /// it is the only one.
  public var iterationsPerEpoch: Int { max(dataset.count / configuration.batchSize, 1) }

  /// The epoch that the next iteration belongs to, counted from 0.
  public var epoch: Int { iteration / iterationsPerEpoch }

  /// Whether the run is over.
  public var isFinished: Bool { iteration >= configuration.schedule.iterations }

  /// Trains until the end of the present epoch or of the run, or until somebody wants to stop.
  ///
  /// - Parameters:
  ///   - workers: threads that load images.
  ///   - shouldStop: asked after every iteration.
  ///   - report: told of every iteration.
  /// - Throws: ``TrainingError`` when the loss or the gradient is not finite, or whatever is wrong
  ///   with an image. The weights are then as before the iteration that failed.
  public func runEpoch(
    workers: Int, shouldStop: () -> Bool, report: (TrainingStep) throws -> Void
  ) throws {
    let loader = BatchLoader(
      dataset,
      BatchLoader.Options(
        batchSize: min(configuration.batchSize, dataset.count),
        imageSize: network.configuration.imageSize, augmentation: configuration.augmentation,
        meanPixel: network.configuration.normalization.meanPixel, seed: configuration.seed,
        workers: workers),
      epoch: epoch, startingAtBatch: iteration % iterationsPerEpoch, cache: cache)
    defer { loader.cancel() }
    network.isTraining = true
    var began = ContinuousClock.now
    while !isFinished, let batch = try loader.next() {
      let loaded = ContinuousClock.now
      let step = try step(on: batch, began: began, loaded: loaded)
      began = .now
      try report(step)
      if shouldStop() { break }
    }
  }

  /// Remembers a validation score and tells whether it is the best so far.
  func noteScore(_ score: Double) -> Bool {
    guard score > best ?? -1 else { return false }
    best = score
    return true
  }

  /// One iteration: forward, loss, backward, update.
  ///
  /// - Parameters:
  ///   - began: when the wait for the batch began.
  ///   - loaded: when it ended.
  private func step(
    on batch: Batch, began: ContinuousClock.Instant, loaded: ContinuousClock.Instant
  ) throws -> TrainingStep {
    let epoch = epoch
    let count = batch.objects.count
    let pixels = Tensor(batch.pixels, shape: [count, batch.size, batch.size, 3])
    let (locations, scores) = withAutocast(configuration.precision.autocast) {
      network(network.normalized(pixels))
    }
    let parts = loss(
      locations: locations, scores: scores, targets: loss.targets(for: batch.objects))
    let total = parts.total.scalar
    guard total.isFinite else {
      throw TrainingError.lossNotFinite(
        iteration: iteration + 1, loss: total, images: batch.names)
    }
    parts.total.backward()
    defer { optimizer.clearGradients() }
    let gradientNorm = try clippedGradientNorm(batch)
    let learningRate = configuration.schedule.learningRate(at: iteration)
    optimizer.step(learningRate: learningRate)
    average?.update(step: iteration)
    iteration += 1
    return TrainingStep(
      iteration: iteration, epoch: epoch + 1, loss: total,
      localizationLoss: parts.localization.scalar, confidenceLoss: parts.confidence.scalar,
      learningRate: learningRate, gradientNorm: gradientNorm, images: count,
      seconds: (.now - began).seconds, dataSeconds: (loaded - began).seconds)
  }

  /// The length of the gradients before they are clipped.
  ///
  /// It is looked at even when nothing is clipped: a gradient that is not finite would spoil the weights,
  /// and the next checkpoint with them, before any loss shows it.
  private func clippedGradientNorm(_ batch: Batch) throws -> Double {
    let norm = optimizer.gradientNorm()
    guard norm.isFinite else {
      throw TrainingError.gradientNotFinite(iteration: iteration + 1, images: batch.names)
    }
    if let maximum = configuration.maximumGradientNorm, norm > maximum {
      optimizer.scaleGradients(by: maximum / norm)
    }
    return norm
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
