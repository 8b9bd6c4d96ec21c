import Foundation
import MultiBox
import Weights

/// Raw predictions as safetensors: `locations` (images, priors, 4) and `scores` (images, priors,
/// classes + 1), before the softmax.
enum RawPredictionsFile {
  static func write(
    _ predictions: RawPredictions, of configuration: SSDConfiguration, to path: String
  ) throws {
    func rows(_ values: [Float], _ width: Int) -> StoredTensor {
      let priors = values.count / width / predictions.imageCount
      return StoredTensor(floats: values, shape: [predictions.imageCount, priors, width])
    }
    try SafeTensors.write(
      [
        ("locations", rows(predictions.offsets, 4)),
        ("scores", rows(predictions.logits, configuration.scoreCount)),
      ], to: URL(filePath: path))
  }

  /// - Throws: ``CommandError`` when the arrays are not those of such a network.
  static func read(_ path: String, for configuration: SSDConfiguration) throws -> RawPredictions {
    let file = try SafeTensors(contentsOf: URL(filePath: path))
    let priors = PriorBoxes(configuration).count
    func rows(_ name: String, _ width: Int) throws -> [Float] {
      let tensor = try file.tensor(name)
      guard tensor.shape == [tensor.shape[0], priors, width] else {
        throw CommandError(
          "\(path): `\(name)` has the shape \(tensor.shape) instead of [images, \(priors), \(width)]"
        )
      }
      return try tensor.floats()
    }
    let offsets = try rows("locations", 4)
    return RawPredictions(
      imageCount: offsets.count / priors / 4, offsets: offsets,
      logits: try rows("scores", configuration.scoreCount))
  }
}
