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
