import Foundation
import SSD
import Torch
import Weights

/// A run at rest: a model file that also holds what is needed to go on.
///
/// The network's own names hold the weights to detect with. Where a run averages its weights, those are
/// the averages, and the weights being trained stand under `training.`; momentum stands under
/// `momentum.`.
extension Trainer {
  /// What a checkpoint holds beside tensors.
  struct State: Codable {
    var iteration: Int
    var best: Double?
    var configuration: TrainingConfiguration
  }

  private static let stateKey = "training"
  private static let trainingPrefix = "training."
  private static let momentumPrefix = "momentum."

  /// Writes a checkpoint; the file appears whole or not at all.
  public func save(to url: URL) throws {
    let state = State(iteration: iteration, best: best, configuration: configuration)
    let momentum = optimizer.momentumByName.map { (Self.momentumPrefix + $0.name, $0.tensor) }
    try withAverages {
      let trained = average?.averages.map { (Self.trainingPrefix + $0.name, $0.tensor) } ?? []
      try ModelFile.write(
        network, extra: momentum + trained,
        metadata: [
          Self.stateKey: try ModelFile.json(state)
        ], to: url)
    }
    savedIteration = iteration
  }

  /// Goes on where a checkpoint stopped: weights, momentum, averages, iteration and best score.
  ///
  /// - Throws: ``TrainingError`` when the file is no checkpoint or of another network.
  public func resume(from url: URL) throws {
    let archive = try SafeTensors(contentsOf: url)
    let state = try Self.state(of: archive)
    try network.load(ImportedModel(contentsOf: url))
    for (name, tensor) in optimizer.momentumByName {
      tensor.assign(try Tensor(archive.tensor(Self.momentumPrefix + name)))
    }
    if let average {
      // On disk the averages hold the network's names; here they stand aside.
      for (averaged, present) in zip(average.averages, average.sources) {
        averaged.tensor.assign(present)
        let name = Self.trainingPrefix + averaged.name
        if archive.contains(name) { present.assign(try Tensor(archive.tensor(name))) }
      }
    }
    iteration = state.iteration
    savedIteration = iteration
    best = state.best
  }

  /// The configuration that a checkpoint's run had.
  public static func configuration(ofCheckpoint url: URL) throws -> TrainingConfiguration {
    try state(of: SafeTensors(contentsOf: url)).configuration
  }

  private static func state(of archive: SafeTensors) throws -> State {
    guard let text = archive.metadata[stateKey] else {
      throw TrainingError.noCheckpoint(archive.url)
    }
    return try JSONDecoder().decode(State.self, from: Data(text.utf8))
  }

  /// Runs `body` with the averages, where there are any, as the network's weights.
  func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    average?.swap()
    defer { average?.swap() }
    return try body()
  }
}
