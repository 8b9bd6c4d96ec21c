import MultiBox
import Torch

/// Two 3x3 convolutions on each map: one for the offsets, one for the class scores of every prior.
public final class PredictionConvolutions: Module {
  private let convolutions: Layers<Conv2d>
  private let maps: [String]
  private let scoreCount: Int

  /// - Parameters:
  ///   - configuration: the network's description.
  ///   - channels: of each map, in the order of the configuration's.
  public init(_ configuration: SSDConfiguration, channels: [Int]) {
    maps = configuration.featureMaps.map(\.name)
    scoreCount = configuration.scoreCount
    func layers(_ kind: String, outputsPerPrior: Int) -> [(name: String, layer: Conv2d)] {
      zip(configuration.featureMaps, channels).map { map, channels in
        (
          "\(kind)_\(map.name)",
          Conv2d(channels, map.priorsPerPosition * outputsPerPrior, kernelSize: 3, padding: 1)
        )
      }
    }
    convolutions = Layers(
      layers("loc", outputsPerPrior: 4) + layers("cl", outputsPerPrior: scoreCount))
    for (_, layer) in convolutions.elements {
      Initialization.xavierUniform(layer.weight.tensor)
    }
  }

  /// - Parameter features: one map for each of the configuration's.
  /// - Returns: offsets (N, priors, 4) and class scores (N, priors, classes + 1), in the order of
  ///   ``/MultiBox/PriorBoxes``.
  public func callAsFunction(_ features: [Tensor]) -> (locations: Tensor, scores: Tensor) {
    func stacked(_ kind: String, width: Int) -> Tensor {
      let predictions = zip(maps, features).map { map, features in
        // (N, priors x width, H, W) -> (N, H x W x priors, width): position by position.
        convolutions["\(kind)_\(map)"](features)
          .permuted([0, 2, 3, 1])
          .reshaped([features.shape[0], -1, width])
      }
      return Tensor.concatenated(predictions, along: 1).converted(to: .float32)
    }
    return (stacked("loc", width: 4), stacked("cl", width: scoreCount))
  }
}
