import Foundation
import MultiBox
import Torch
import Weights

/// How a network lies on disk: safetensors with the parameters under PyTorch's names and the
/// configuration in the metadata.
public enum ModelFile {
  /// The metadata key of the configuration, JSON.
  public static let configurationKey = "configuration"

  /// Writes a network; the file appears whole or not at all.
  ///
  /// - Parameters:
  ///   - network: the network, with its configuration.
  ///   - extra: further tensors, such as an optimiser's momentum.
  ///   - metadata: further texts.
  ///   - url: the file, `.safetensors`.
  public static func write(
    _ network: SSDNetwork, extra: [(name: String, tensor: Tensor)] = [],
    metadata: [String: String] = [:], to url: URL
  ) throws {
    let configuration = try json(network.configuration)
    try SafeTensors.write(
      (network.state + extra).map { ($0.name, StoredTensor($0.tensor)) },
      metadata: metadata.merging([
        "format": "swift-ssd", configurationKey: configuration,
      ]) { $1 },
      to: url)
  }

  /// A value as metadata hold it: equal values give equal texts, and so equal networks equal files.
  public static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension SSDNetwork {
  /// Builds the network of a model file, with its weights: this program's own, or that of any known
  /// implementation (see ``/Weights/CheckpointLayout``).
  ///
  /// - Throws: ``/Weights/WeightFileError``, ``/Weights/WeightMismatch`` or ``/Weights/ImportError``
  ///   when the file is broken, not complete or no model.
  public convenience init(contentsOf url: URL) throws {
    try self.init(ImportedModel(contentsOf: url))
  }

  /// Builds the network of an imported model, with its weights.
  public convenience init(_ model: ImportedModel) throws {
    self.init(model.configuration)
    try load(model)
  }

  /// Takes over the weights of an archive whose names are this network's.
  ///
  /// - Throws: ``/Weights/WeightMismatch`` when a tensor is missing, surplus or wrongly shaped; then
  ///   nothing has changed.
  public func load(_ archive: some TensorArchive) throws {
    try load(archive, into: state)
  }

  /// Takes over convolutions of a base network, with their batch normalizations where both have them;
  /// everything else stays as it is.
  ///
  /// - Parameter layers: such as `conv1_1`; see ``/Weights/ImportedBase/layers(fitting:)``.
  /// - Throws: ``/Weights/WeightMismatch`` when they have other shapes.
  public func load(_ base: ImportedBase, layers: [String]) throws {
    let names = Set(layers)
    let prefixes = configuration.graph.layers.filter { $0.part == .base && names.contains($0.name) }
      .flatMap { [$0.parameterName, $0.normalizationName].compactMap { $0.map { "\($0)." } } }
    let wanted = state.filter { name, _ in
      base.contains(name) && prefixes.contains { name.hasPrefix($0) }
    }
    try load(base.restricted(to: Set(wanted.map(\.name))), into: wanted)
  }

  private func load(
    _ archive: some TensorArchive, into state: [(name: String, tensor: Tensor)]
  ) throws {
    if let mismatch = WeightMismatch(
      archive.url, needed: state.map { ($0.name, $0.tensor.shape) }, found: archive.shapes)
    {
      throw mismatch
    }
    let tensors = try state.map { name, _ in
      let tensor = try Tensor(archive.tensor(name))
      guard tensor.isFinite().allTrue() else {
        throw WeightFileError(
          archive.url, tensor: name, .malformed("it holds numbers that are not finite"))
      }
      return tensor
    }
    for (target, tensor) in zip(state, tensors) { target.tensor.assign(tensor) }
  }
}
