import Foundation
import MultiBox
import Weights

/// What a ``Quantizer`` makes of a model.
public struct QuantizedModel: Sendable {
  /// A map that is not stored as bytes because of what that would cost.
  public struct KeptMap: Sendable, Hashable, Codable {
    /// Such as `conv5_2`.
    public let name: String
    /// The error of the outputs when this map alone is stored as bytes.
    public let error: Float
  }

  let model: ImportedModel
  /// Which maps are stored as bytes.
  public let quantization: Quantization
  /// Maps that stay as they are, the costliest first.
  public let keptMaps: [KeptMap]
  /// How far the outputs are off on the calibration's images, in the Euclidean sense, as a fraction.
  public let error: Float

  /// Writes the model as safetensors: weights of quantised layers as bytes with a scale for each
  /// output channel beside them, batch normalizations folded into the weights, the ranges in the
  /// metadata. ``/Weights/ImportedModel`` opens it like any other.
  ///
  /// - Throws: ``/Weights/WeightFileError``; the file appears whole or not at all.
  public func write(to url: URL) throws {
    let configuration = model.configuration.foldingBatchNormalizations
    let graph = model.configuration.graph
    let plan = LayerPlan(graph, imageSize: configuration.imageSize, element: .float32)
    let quantized = Set(
      plan.quantizableMaps.filter { quantization.ranges[plan.maps[$0.map].name] != nil }
        .flatMap(\.parameters))
    var tensors: [(name: String, tensor: StoredTensor)] = []
    for layer in graph.layers where layer.scaleName != nil {
      let name = layer.scaleName ?? layer.name
      tensors.append((name, try model.tensor(name)))
    }
    for source in graph.layers where source.isConvolution {
      let layer = source.parameterName
      let (name, shape) = source.parameterShapes[0]
      let parameters = try ConvolutionParameters(source, of: model)
      if quantized.contains(layer) {
        let (weights, scales) = roundedToBytes(
          try parameters.weights.floats(), outputs: shape[0])
        tensors.append(
          (
            name,
            StoredTensor(shape: shape, scalarType: .int8) { try weights.withUnsafeBytes($0) }
          ))
        tensors.append(
          (
            name + StoredTensor.scaleSuffix, StoredTensor(floats: scales, shape: [shape[0]])
          ))
      } else {
        tensors.append((name, parameters.weights.converted(to: .float32)))
      }
      tensors.append(
        ("\(layer).bias", StoredTensor(floats: parameters.bias, shape: [shape[0]])))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var metadata = model.metadata
    metadata["format"] = "swift-ssd"
    metadata["training"] = nil
    metadata["configuration"] = try json(configuration)
    metadata[Quantization.metadataKey] = try json(quantization)
    try SafeTensors.write(tensors, metadata: metadata, to: url)
  }
}

/// Each output channel's weights in 127 steps to either side, and what a step is worth.
private func roundedToBytes(_ weights: [Float], outputs: Int) -> (bytes: [Int8], scales: [Float]) {
  let each = weights.count / outputs
  var bytes: [Int8] = []
  bytes.reserveCapacity(weights.count)
  var scales: [Float] = []
  for output in 0..<outputs {
    let channel = weights[output * each..<(output + 1) * each]
    let largest = channel.reduce(0) { max($0, abs($1)) }
    let scale = largest > 0 ? largest / 127 : 1
    scales.append(scale)
    for weight in channel { bytes.append(Int8((weight / scale).rounded(.toNearestOrEven))) }
  }
  return (bytes, scales)
}
