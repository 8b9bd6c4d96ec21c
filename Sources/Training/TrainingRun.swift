import Datasets
import Foundation
import SSD

/// A run in a folder: epochs of training, each followed by validation and a checkpoint.
///
/// The folder holds `last.safetensors`, `best.safetensors` (by validation mAP) and `metrics.jsonl`.
public final class TrainingRun {
  /// How a run watches itself.
  public struct Options: Sendable {
    /// Epochs from one validation to the next.
    public var epochsPerValidation: Int
    /// Threads that load images.
    public var workers: Int
    /// Iterations from one line of `metrics.jsonl` to the next.
    public var iterationsPerLogLine: Int

    /// Options; by default the tutorial's validation every epoch.
    public init(
      epochsPerValidation: Int = 1, workers: Int = ProcessInfo.processInfo.activeProcessorCount,
      iterationsPerLogLine: Int = 10
    ) {
      self.epochsPerValidation = epochsPerValidation
      self.workers = workers
      self.iterationsPerLogLine = iterationsPerLogLine
    }
  }

  /// The run's folder.
  public let folder: URL
  private let trainer: Trainer
  private let validator: Validator?
  private let options: Options
  private let log: MetricsLog

  /// - Parameters:
  ///   - folder: is created when it does not exist.
  ///   - validation: nil trains without validation; every checkpoint is then the best.
  public init(
    _ trainer: Trainer, validatingOn validation: DetectionDataset?, in folder: URL,
    options: Options = .init()
  ) throws {
    self.folder = folder
    self.trainer = trainer
    self.options = options
    validator = validation.map {
      Validator($0, batchSize: min(trainer.configuration.batchSize, 16))
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    log = try MetricsLog(
      folder.appending(path: "metrics.jsonl"), resumingAfter: trainer.iteration)
  }

  /// Where the newest state of a run in a folder lies.
  public static func lastCheckpoint(in folder: URL) -> URL {
    folder.appending(path: "last.safetensors")
  }

  /// Where the best state of a run in a folder lies.
  public static func bestCheckpoint(in folder: URL) -> URL {
    folder.appending(path: "best.safetensors")
  }

  /// Trains until the run is over or somebody wants to stop; either way the state is saved.
  ///
  /// - Throws: ``TrainingError`` and what goes wrong with images and files. A step that failed is not
  ///   part of any checkpoint.
  public func run(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) throws -> Void
  ) throws {
    while !trainer.isFinished {
      let epoch = trainer.epoch + 1
      try trainer.runEpoch(workers: options.workers, shouldStop: shouldStop) { step in
        if step.iteration % options.iterationsPerLogLine == 0 || step.iteration == 1 {
          try log.append(step)
        }
        try report(.step(step))
      }
      if shouldStop() { break }
      if epoch % options.epochsPerValidation == 0 || trainer.isFinished {
        try validate(epoch: epoch, shouldStop: shouldStop, report: report)
      }
    }
    if trainer.savedIteration != trainer.iteration { try save(isBest: false, report: report) }
  }

  private func validate(
    epoch: Int, shouldStop: () -> Bool, report: (TrainingEvent) throws -> Void
  ) throws {
    guard let validator else { return try save(isBest: true, report: report) }
    let began = ContinuousClock.now
    let scores = try trainer.withAverages {
      try validator.score(
        trainer.network, after: trainer.iteration,
        autocast: trainer.configuration.precision.autocast, shouldStop: shouldStop)
    }
    if shouldStop() { return }
    let score = scores.report.mean.voc07
    let isBest = trainer.noteScore(score ?? 0)
    let result = ValidationResult(
      iteration: trainer.iteration, epoch: epoch, loss: scores.loss,
      meanAveragePrecision: score, isBest: isBest,
      seconds: (ContinuousClock.now - began).seconds)
    try log.append(result)
    try report(.scored(scores))
    try report(.validation(result))
    try save(isBest: isBest, report: report)
  }

  private func save(isBest: Bool, report: (TrainingEvent) throws -> Void) throws {
    let last = Self.lastCheckpoint(in: folder)
    try trainer.save(to: last)
    try report(.saved(last, isBest: false))
    guard isBest else { return }
    let best = Self.bestCheckpoint(in: folder)
    try trainer.save(to: best)
    try report(.saved(best, isBest: true))
  }
}
