import Datasets
import Foundation
import SSD
import Torch
import Weights

/// A run in a folder: epochs of training, each followed by validation and a checkpoint.
///
/// The folder holds `last.safetensors`, `best.safetensors` (by validation mAP) and `metrics.jsonl`. It
/// belongs to one run at a time. Whenever the process ends, by whatever cause, the folder holds a state
/// from which the run goes on; it then ends as if it had not been disturbed. Where several processes
/// train together, rank 0 writes all of it.
public final class TrainingRun {
  /// How a run watches itself.
  public struct Options: Sendable {
    /// Epochs from one validation to the next.
    public var epochsPerValidation: Int
    /// Threads that load images.
    public var workers: Int
    /// Iterations from one line of `metrics.jsonl` to the next.
    public var iterationsPerLogLine: Int
    /// Iterations from one checkpoint to the next, beside those after validations; nil for none.
    public var iterationsPerCheckpoint: Int?
    /// The most time without a checkpoint; nil for no limit.
    public var timePerCheckpoint: Duration?

    /// Options; by default the tutorial's validation every epoch, and never more than ten minutes
    /// lost.
    public init(
      epochsPerValidation: Int = 1, workers: Int = ProcessInfo.processInfo.activeProcessorCount,
      iterationsPerLogLine: Int = 10, iterationsPerCheckpoint: Int? = nil,
      timePerCheckpoint: Duration? = .seconds(600)
    ) {
      self.epochsPerValidation = epochsPerValidation
      self.workers = workers
      self.iterationsPerLogLine = iterationsPerLogLine
      self.iterationsPerCheckpoint = iterationsPerCheckpoint
      self.timePerCheckpoint = timePerCheckpoint
    }
  }

  /// The run's folder.
  public let folder: URL
  private let trainer: Trainer
  private let validator: Validator?
  private let options: Options
  /// nil on ranks that do not write.
  private let log: MetricsLog?
  private var savedAt = ContinuousClock.now

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
    trainer.iterationsPerLook = options.iterationsPerLogLine
    validator = validation.map {
      Validator(
        // The same batches whatever the number of ranks, so that their average is the same.
        $0, batchSize: min(trainer.configuration.batchSize * trainer.configuration.ranks, 16),
        communicator: trainer.communicator)
    }
    guard trainer.communicator.isLead else {
      log = nil
      return
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    AtomicFile.removeUnfinished(in: folder)
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

  /// Whether nothing is left to do: all iterations are done and their last validation as well.
  public var isOver: Bool { trainer.isFinished && !isValidationDue }

  /// Trains until the run is over or somebody wants to stop, on any rank; either way the state is saved.
  /// So it is when another rank is gone.
  ///
  /// - Throws: ``TrainingError``, ``CommunicationError`` and what goes wrong with images and files. A
  ///   step that failed is not part of any checkpoint.
  public func run(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) throws -> Void
  ) throws {
    let communicator = trainer.communicator
    do {
      while try !isOver && !communicator.anyRank(shouldStop()) {
        if isValidationDue {
          try validate(shouldStop: shouldStop, report: report)
        } else {
          try trainer.runEpoch(
            workers: options.workers, shouldStop: { try communicator.anyRank(shouldStop()) }
          ) { event in
            try note(event)
            try report(event)
            if isCheckpointDue { try save(isBest: false, report: report) }
          }
        }
      }
    } catch let error as CommunicationError {
      try saveIfNeeded(report: report)
      throw error
    }
    try saveIfNeeded(report: report)
  }

  private func saveIfNeeded(report: (TrainingEvent) throws -> Void) throws {
    if trainer.savedIteration != trainer.iteration { try save(isBest: false, report: report) }
  }

  /// Whether the last iteration ended an epoch, or the run, after which the network is validated, and
  /// it has not been yet.
  private var isValidationDue: Bool {
    guard trainer.iteration > 0, trainer.validatedIteration != trainer.iteration else {
      return false
    }
    let isEndOfEpoch = trainer.iteration % trainer.iterationsPerEpoch == 0
    return trainer.isFinished
      || isEndOfEpoch && trainer.epoch % options.epochsPerValidation == 0
  }

  private var isCheckpointDue: Bool {
    guard trainer.savedIteration != trainer.iteration else { return false }
    if let iterations = options.iterationsPerCheckpoint, trainer.iteration % iterations == 0 {
      return true
    }
    return options.timePerCheckpoint.map { ContinuousClock.now - savedAt >= $0 } ?? false
  }

  private func note(_ event: TrainingEvent) throws {
    switch event {
    case .step(let step):
      if step.iteration % options.iterationsPerLogLine == 0 || step.iteration == 1 {
        try log?.append(step)
      }
    case .skipped(let step): try log?.append(step)
    case .validation(let result): try log?.append(result)
    case .underway, .scored, .saved: break
    }
  }

  private func validate(
    shouldStop: () -> Bool, report: (TrainingEvent) throws -> Void
  ) throws {
    guard let validator else {
      trainer.validatedIteration = trainer.iteration
      return try save(isBest: true, report: report)
    }
    let began = ContinuousClock.now
    let scores = try trainer.withAverages {
      try trainer.stepper.shareBuffers()
      return try Runtime.withoutAlgorithmSearch {
        try validator.score(
          trainer.network, after: trainer.iteration,
          autocast: trainer.configuration.precision.autocast, shouldStop: shouldStop)
      }
    }
    if try trainer.communicator.anyRank(shouldStop()) { return }
    let score = scores.report.mean.voc07
    let isBest = scores.loss.isFinite && trainer.noteScore(score ?? 0)
    trainer.validatedIteration = trainer.iteration
    let event = TrainingEvent.validation(
      ValidationResult(
        iteration: trainer.iteration,
        epoch: (trainer.iteration - 1) / trainer.iterationsPerEpoch + 1,
        loss: scores.loss, meanAveragePrecision: score, isBest: isBest,
        seconds: (ContinuousClock.now - began).seconds))
    try note(event)
    try report(.scored(scores))
    try report(event)
    try save(isBest: isBest, report: report)
  }

  private func save(isBest: Bool, report: (TrainingEvent) throws -> Void) throws {
    guard trainer.communicator.isLead else { return }
    // The best one first: if the process ends in between, the run goes on from before the validation,
    // and does it again.
    if isBest {
      let best = Self.bestCheckpoint(in: folder)
      try trainer.save(to: best)
      try report(.saved(best, isBest: true))
    }
    let last = Self.lastCheckpoint(in: folder)
    try trainer.save(to: last)
    savedAt = .now
    try report(.saved(last, isBest: false))
  }
}
