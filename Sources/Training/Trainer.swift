import Datasets
import Foundation
import SSD
import Torch

/// Trains a network on a data set: the loop, and everything that is needed to stop and go on as if
/// nothing had happened.
///
/// Which images an iteration sees, how they are augmented and what the learning rate is follow from
/// the seed and the iteration alone.
public final class Trainer {
  /// The network being trained.
  public var network: SSDNetwork { stepper.network }
  /// How the run goes.
  public var configuration: TrainingConfiguration { stepper.configuration }
  /// How many iterations are done.
  public internal(set) var iteration = 0
  /// The best validation score so far.
  public internal(set) var best: Double?
  /// The iteration of the newest checkpoint.
  var savedIteration: Int?
  /// The iteration after which the network was validated last.
  public internal(set) var validatedIteration: Int?

  let stepper: Stepper
  /// nil where every iteration is looked at.
  private let deviceStepper: DeviceStepper?
  /// Of a run on a GPU, how many iterations are made from one look at the losses to the next.
  public var iterationsPerLook = 10
  var sinceLook = SinceLook()
  let dataset: DetectionDataset
  private let cache: PictureCache
  /// Iterations in a row that were left out.
  private var badSteps = 0

  /// How many iterations in a row may be left out; more of them mean that the weights are spoilt.
  static let mostBadSteps = 20

  /// - Parameters:
  ///   - cacheBytes: how much memory decoded pictures may take.
  ///   - runsAhead: whether steps are made as a ``DeviceStepper`` makes them; nil: on a GPU, in one
  ///     process.
  ///   - communicator: the processes that train together; each has a trainer of its own, on the same
  ///     images.
  /// - Throws: ``TrainingError`` when the dataset is empty or what is to be frozen does not exist;
  ///   ``CommunicationError`` when ranks have other images or settings than rank 0.
  public init(
    _ network: SSDNetwork, on dataset: DetectionDataset, configuration: TrainingConfiguration,
    cacheBytes: Int = 2 << 30, runsAhead: Bool? = nil,
    communicator: any Communicator = SingleProcess()
  ) throws {
    guard dataset.count > 0 else { throw TrainingError.noImages }
    let images = min(configuration.imagesPerStep, dataset.count)
    guard communicator.count <= images else {
      throw TrainingError.moreRanksThanImages(ranks: communicator.count, images: images)
    }
    cache = PictureCache(dataset: dataset, byteLimit: cacheBytes)
    self.dataset = dataset
    try communicator.requireEqual("images", dataset.digest)
    try communicator.requireEqual("settings", ModelFile.json(configuration))
    try communicator.requireEqual("networks", ModelFile.json(network.configuration))
    try communicator.requireEqual("kinds of device", network.device == .cpu ? "cpu" : "gpu")
    stepper = try Stepper(network, configuration: configuration, communicator: communicator)
    // Several processes exchange gradients during the backward pass, which no graph holds.
    deviceStepper =
      runsAhead ?? (network.device != .cpu && communicator.count == 1)
      ? try DeviceStepper(stepper) : nil
  }

  /// The processes that train together.
  var communicator: any Communicator { stepper.communicator }

  /// How many images there are to train on.
  public var imageCount: Int { dataset.count }

  /// Updates in an epoch. Images that do not fill the last one are left for another epoch's shuffle,
  /// unless it is the only one.
  public var iterationsPerEpoch: Int { max(dataset.count / configuration.imagesPerStep, 1) }

  /// The epoch that the next iteration belongs to, counted from 0.
  public var epoch: Int { iteration / iterationsPerEpoch }

  /// Whether all iterations are done.
  public var isFinished: Bool { iteration >= configuration.schedule.iterations }

  /// Trains until the end of the present epoch or of the run, or until somebody wants to stop.
  ///
  /// - Parameters:
  ///   - workers: threads that load images.
  ///   - shouldStop: asked after every iteration.
  ///   - report: told of every iteration.
  /// - Throws: ``TrainingError`` when the loss or the gradient is not finite, or whatever is wrong
  ///   with an image. The network is then as before the iteration that failed; where steps run ahead,
  ///   with those after it that were made before anybody looked.
  public func runEpoch(
    workers: Int, shouldStop: () throws -> Bool, report: (TrainingEvent) throws -> Void
  ) throws {
    var options = BatchLoader.Options(
      batchSize: min(configuration.imagesPerStep, dataset.count),
      imageSize: network.configuration.imageSize, augmentation: configuration.augmentation,
      meanPixel: network.configuration.normalization.meanPixel, seed: configuration.seed,
      workers: workers)
    options.share = communicator.share
    let loader = BatchLoader(
      dataset, options, epoch: epoch, startingAtBatch: iteration % iterationsPerEpoch, cache: cache)
    defer { loader.cancel() }
    network.isTraining = true
    deviceStepper?.synchronize()
    sinceLook = SinceLook()
    defer { deviceStepper?.synchronize() }
    var began = ContinuousClock.now
    while !isFinished, let batch = try loader.next() {
      let loaded = ContinuousClock.now
      let events =
        try deviceStepper.map { try step(on: batch, with: $0, waited: loaded - began) }
        ?? [step(on: batch, began: began, loaded: loaded)]
      began = .now
      for event in events { try report(event) }
      if try shouldStop() { break }
    }
  }

  /// Remembers a validation score and tells whether it is the best so far.
  func noteScore(_ score: Double) -> Bool {
    guard score > best ?? -1 else { return false }
    best = score
    return true
  }

  /// Runs `body` with the averages, where there are any, as the network's weights.
  func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    deviceStepper?.synchronize()
    stepper.average?.swap()
    defer {
      stepper.average?.swap()
      deviceStepper?.synchronize()
    }
    return try body()
  }

  /// One iteration.
  ///
  /// - Parameters:
  ///   - began: when the wait for the batch began.
  ///   - loaded: when it ended.
  private func step(
    on batch: Batch, began: ContinuousClock.Instant, loaded: ContinuousClock.Instant
  ) throws -> TrainingEvent {
    let epoch = epoch
    let figures: Stepper.Figures
    do {
      figures = try stepper.step(on: batch, iteration: iteration)
    } catch let error as Stepper.NotFinite {
      return .skipped(try skipping(error, batch: batch))
    }
    badSteps = 0
    iteration += 1
    return .step(
      TrainingStep(
        iteration: iteration, epoch: epoch + 1, loss: figures.loss,
        localizationLoss: figures.localization, confidenceLoss: figures.confidence,
        learningRate: figures.learningRate, gradientNorm: figures.gradientNorm,
        images: figures.images, seconds: (.now - began).seconds,
        dataSeconds: (loaded - began).seconds, stages: figures.stages))
  }

  /// Goes on without a batch, if that is wanted.
  private func skipping(_ failure: Stepper.NotFinite, batch: Batch) throws -> BadStep {
    let names = try communicator.gathered(Data(batch.names.joined(separator: "\n").utf8))
    let step = BadStep(
      iteration: iteration + 1, epoch: epoch + 1, loss: failure.loss,
      gradientNorm: failure.gradientNorm,
      images: names.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
        .map(String.init))
    guard configuration.skipsBadSteps else { throw TrainingError.notFinite(step) }
    badSteps += 1
    guard badSteps <= Self.mostBadSteps else {
      throw TrainingError.nothingButBadSteps(step, count: badSteps)
    }
    iteration += 1
    return step
  }
}
