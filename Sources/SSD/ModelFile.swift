import Foundation
import MultiBox
import Torch
import Weights

/// How a network lies on disk: safetensors with the parameters under PyTorch's names and the
/// configuration in the metadata.
public enum ModelFile {
  /// The metadata key of the configuration, JSON.
  public static let configurationKey = "configuration"

  /// The names of a run's tensors, which stand beside the network's, begin with one of these.
  public static let trainingPrefixes = ["momentum.", "training."]

  /// Writes a network; the file appears whole or not at all.
  ///
  /// - Parameters:
  ///   - extra: further tensors, such as an optimiser's momentum.
  ///   - metadata: further texts.
  public static func write(
    _ network: SSDNetwork, extra: [(name: String, tensor: Tensor)] = [],
    metadata: [String: String] = [:], to url: URL
  ) throws {
    let configuration = String(
      decoding: try JSONEncoder().encode(network.configuration), as: UTF8.self)
    try SafeTensors.write(
      (network.state + extra).map { ($0.name, StoredTensor($0.tensor)) },
      metadata: metadata.merging([
        "format": "swift-ssd", configurationKey: configuration,
      ]) { $1 },
      to: url)
  }
}

extension SSDNetwork {
  /// Builds the network that a model file describes, with its weights.
  ///
  /// - Throws: ``WeightFileError`` or ``WeightMismatch`` when the file is broken, ``ModelFileError``
  ///   when it describes no network.
  public convenience init(contentsOf url: URL) throws {
    let archive = try SafeTensors(contentsOf: url)
    guard let text = archive.metadata[ModelFile.configurationKey] else {
      throw ModelFileError(url: url, reason: "its metadata describe no network")
    }
    do {
      self.init(try JSONDecoder().decode(SSDConfiguration.self, from: Data(text.utf8)))
    } catch {
      throw ModelFileError(url: url, reason: "its configuration cannot be read: \(error)")
    }
    try load(archive)
  }

  /// Takes over the weights of an archive whose names are PyTorch's. Training state is left alone.
  ///
  /// - Throws: ``WeightMismatch`` when a tensor is missing, surplus or wrongly shaped; then nothing
  ///   has changed.
  public func load(_ archive: some TensorArchive) throws {
    let state = state
    if let mismatch = WeightMismatch(
      archive.url, needed: state.map { ($0.name, $0.tensor.shape) }, found: archive.shapes,
      ignoring: { name in ModelFile.trainingPrefixes.contains { name.hasPrefix($0) } })
    {
      throw mismatch
    }
    let tensors = try state.map { try Tensor(archive.tensor($0.name)) }
    for (target, tensor) in zip(state, tensors) { target.tensor.assign(tensor) }
  }
}

/// A file that is no model, though it can be read.
public struct ModelFileError: Error, CustomStringConvertible {
  /// The file.
  public let url: URL
  /// What is wrong with it.
  public let reason: String

  /// File and reason in a sentence.
  public var description: String { "\(url.path) is no model of this program: \(reason)" }
}
