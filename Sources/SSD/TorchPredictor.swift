import Foundation
import Inference
import MultiBox
import Torch

/// Runs a network through libtorch, on the CPU or on a GPU.
///
/// Sendable because the network is only read: nobody may train it meanwhile.
public final class TorchPredictor: Predictor, @unchecked Sendable {
  private let network: SSDNetwork
  private let autocast: ScalarType?
  /// nil on the CPU.
  private let deviceNetwork: DeviceNetwork?

  /// The network's description.
  public var configuration: SSDConfiguration { network.configuration }

  /// - Parameters:
  ///   - network: is switched to inference; it runs where it is (see ``SSDNetwork/move(to:)``).
  ///   - autocast: the type of convolutions, such as `.bfloat16`; nil for float32.
  public init(_ network: SSDNetwork, autocast: ScalarType? = nil) {
    network.isTraining = false
    self.network = network
    self.autocast = autocast
    deviceNetwork = network.device == .cpu ? nil : DeviceNetwork(network, autocast: autocast)
  }

  /// Where the network runs.
  public var device: Device { network.device }

  /// The type of convolutions: `float32` or that of the autocast.
  public var precision: ScalarType { autocast ?? .float32 }

  /// Runs the network; see ``/Inference/Predictor``.
  public func predict(_ pixels: [UInt8], imageCount: Int) -> RawPredictions {
    if let deviceNetwork { return deviceNetwork.predict(pixels, imageCount: imageCount) }
    let size = configuration.imageSize
    let (locations, scores) = withoutGradients {
      withAutocast(autocast) {
        network(network.normalized(Tensor(pixels, shape: [imageCount, size, size, 3])))
      }
    }
    return RawPredictions(
      imageCount: imageCount, offsets: locations.array(), logits: scores.array())
  }
}

extension TorchPredictor {
  /// A predictor with the model of a file: a checkpoint of this package, or a model of any known
  /// implementation (see ``/Weights/CheckpointLayout``).
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - autocast: the type of convolutions, such as `.bfloat16`; nil for float32.
  /// - Throws: ``/Weights/WeightFileError``, ``/Weights/WeightMismatch`` or ``/Weights/ImportError``
  ///   when the file is broken, not complete or no model.
  public convenience init(contentsOf url: URL, autocast: ScalarType? = nil) throws {
    self.init(try SSDNetwork(contentsOf: url), autocast: autocast)
  }
}
