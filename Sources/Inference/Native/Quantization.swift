import Foundation
import Weights

/// Which maps of a network are stored as bytes, and what a byte is worth; part of a quantised model's
/// file.
public struct Quantization: Hashable, Sendable, Codable {
  /// The greatest value of each map that is stored as bytes, by the map's name, such as `conv4_2`,
  /// `pool4` or `conv4_3_norm`. Greater values are cut off; none is negative.
  public var ranges: [String: Float]

  /// A quantisation of these maps.
  public init(ranges: [String: Float]) { self.ranges = ranges }

  /// The metadata key of a model file, JSON.
  public static let metadataKey = "quantization"

  /// The quantisation that a model's file describes, or nil when the model is not quantised.
  /// - Throws: ``WeightFileError`` when it cannot be read.
  init?(of model: ImportedModel) throws {
    guard let text = model.metadata[Self.metadataKey] else { return nil }
    do {
      self = try JSONDecoder().decode(Quantization.self, from: Data(text.utf8))
    } catch {
      throw WeightFileError(
        model.url, .malformed("its quantisation cannot be read: \(error)"))
    }
    // What a layer's name did not say, an older file's map did.
    let oldSuffix = " normalized"
    ranges = Dictionary(
      uniqueKeysWithValues: ranges.map { name, range in
        (name.hasSuffix(oldSuffix) ? name.dropLast(oldSuffix.count) + "_norm" : name, range)
      })
    guard ranges.values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw WeightFileError(model.url, .malformed("its quantisation has impossible ranges"))
    }
  }
}

extension LayerPlan {
  /// Stores maps as bytes.
  ///
  /// A map and what a pool makes of it have the same numbers, and so the pool's range.
  ///
  /// - Parameter limit: the greatest byte that the kernels multiply.
  mutating func quantize(_ quantization: Quantization, limit: Int) {
    func quantize(_ map: Int, _ range: Float) {
      maps[map].element = .uint8
      maps[map].scale = range / Float(limit)
    }
    for index in maps.indices {
      if maps[index].isNonNegative, let range = quantization.ranges[maps[index].name] {
        quantize(index, range)
      }
    }
    for layer in layers.reversed() {
      guard case .maximumPooling = layer.operation, let input = layer.input,
        let output = layer.output
      else { continue }
      maps[input].element = maps[output].element
      maps[input].scale = maps[output].scale
    }
  }

  /// The maps that convolutions read and unsigned bytes can hold, which are those worth quantizing: by
  /// name, with the names of the parameters that they are multiplied with.
  var quantizableMaps: [(map: Int, parameters: [String])] {
    maps.indices.compactMap { map in
      let parameters = layers.flatMap { layer -> [String] in
        guard layer.inputs.contains(map), case .convolution(let convolution) = layer.operation
        else {
          return []
        }
        return convolution.parameters
      }
      return parameters.isEmpty || !maps[map].isNonNegative ? nil : (map, parameters)
    }
  }
}
