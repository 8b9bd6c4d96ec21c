import Datasets
import Foundation
import SSD
import Torch
import Weights

/// A run at rest: a model file that also holds what is needed to go on.
///
/// The network's own names hold the weights to detect with. Where a run averages its weights, those are
/// the averages, and the weights being trained stand under `training.`; momentum stands under
/// `momentum.`. Classes and the network's configuration are in the model's own metadata.
extension Trainer {
  /// What a checkpoint holds beside tensors.
  struct State: Codable {
    /// With the seed and the number of images, the position in the order of images as well.
    var iteration: Int
    var best: Double?
    var configuration: TrainingConfiguration
    // Older checkpoints have none of these.
    var validatedIteration: Int?
    var imageCount: Int?
    var imagesDigest: String?
    var threads: Int?
    var device: String?
    var ranks: Int?
  }

  private static let stateKey = "training"
  private static let trainingPrefix = "training."
  private static let momentumPrefix = "momentum."

  /// Writes a checkpoint; the file appears whole or not at all.
  ///
  /// - Throws: ``TrainingError/spoiled(iteration:tensor:)``, and what goes wrong with files.
  public func save(to url: URL) throws {
    let state = State(
      iteration: iteration, best: best, configuration: configuration,
      validatedIteration: validatedIteration, imageCount: imageCount,
      imagesDigest: dataset.digest, threads: Runtime.threadCount,
      device: "\(network.device)", ranks: communicator.count)
    let momentum = stepper.optimizer.momentumByName.map {
      (Self.momentumPrefix + $0.name, $0.tensor)
    }
    try withAverages {
      let trained =
        stepper.average?.averages.map { (Self.trainingPrefix + $0.name, $0.tensor) } ?? []
      try requireFinite(network.state + trained)
      try ModelFile.write(
        network, extra: momentum + trained,
        metadata: [
          Self.stateKey: try ModelFile.json(state)
        ], to: url)
    }
    savedIteration = iteration
  }

  private func requireFinite(_ tensors: [(name: String, tensor: Tensor)]) throws {
    guard !Tensor.norm2(of: tensors.map(\.tensor)).scalar.isFinite else { return }
    for (name, tensor) in tensors where !tensor.norm2().scalar.isFinite {
      throw TrainingError.spoiled(iteration: iteration, tensor: name)
    }
  }

  /// Goes on where a checkpoint stopped: weights, momentum, averages, iteration and best score.
  ///
  /// - Returns: why the run will not end bit for bit like an undisturbed one, a sentence each; usually
  ///   nothing.
  /// - Throws: ``TrainingError`` when the file is no checkpoint or of another network,
  ///   ``CommunicationError`` when other ranks have one of another iteration.
  @discardableResult
  public func resume(from url: URL) throws -> [String] {
    let archive = try SafeTensors(contentsOf: url)
    let state = try Self.state(of: archive)
    try network.load(ImportedModel(contentsOf: url))
    for (name, tensor) in stepper.optimizer.momentumByName {
      tensor.assign(try Tensor(archive.tensor(Self.momentumPrefix + name)))
    }
    if let average = stepper.average {
      // On disk the averages hold the network's names; here they stand aside.
      for (averaged, present) in zip(average.averages, average.sources) {
        averaged.tensor.assign(present)
        let name = Self.trainingPrefix + averaged.name
        if archive.contains(name) { present.assign(try Tensor(archive.tensor(name))) }
      }
    }
    iteration = state.iteration
    savedIteration = iteration
    validatedIteration = state.validatedIteration
    best = state.best
    try communicator.requireEqual("checkpoints", "\(iteration)")
    return differences(from: state)
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

  private func differences(from state: State) -> [String] {
    var differences: [String] = []
    if let count = state.imageCount, count != imageCount {
      differences.append(
        """
        The run had \(count) images, now there are \(imageCount): epochs have another length, and \
        images come in another order.
        """)
    } else if let digest = state.imagesDigest, digest != dataset.digest {
      differences.append("The images are not those of the run, or stand in another order.")
    }
    let device = "\(network.device)"
    if let former = state.device, former != device {
      differences.append(
        "The run was on \(former), now it is on \(device): results differ in the last bits.")
    } else if network.device == .cpu, let threads = state.threads, threads != Runtime.threadCount {
      differences.append(
        """
        The run had \(threads) threads, now there are \(Runtime.threadCount): sums are formed in \
        another order, and results differ in the last bits.
        """)
    }
    if let ranks = state.ranks, ranks != communicator.count {
      differences.append(
        """
        The run had \(ranks) \(ranks == 1 ? "rank" : "ranks"), now there are \(communicator.count): they \
        share out the same images anew, and sums are formed in another order.
        """)
    }
    return differences
  }
}

extension DetectionDataset {
  /// A number that changes with the images' names and order (FNV-1a, 64 bits).
  var digest: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for image in images {
      for byte in image.id.utf8 + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return String(hash, radix: 16)
  }
}
