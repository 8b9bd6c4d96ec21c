import MultiBox
import Weights

/// Weights and bias of a convolution, with the batch normalization that follows folded in.
struct ConvolutionParameters {
  /// (outputs, inputs, kernel, kernel): in the model's file where nothing is to be changed in them.
  private(set) var weights: StoredTensor
  /// (outputs).
  private(set) var bias: [Float]

  /// The parameters of a layer.
  ///
  /// - Throws: ``WeightFileError`` when they cannot be read, or all but the weights are not finite.
  init(_ layer: ResolvedLayer, of model: ImportedModel) throws {
    weights = try model.tensor("\(layer.parameterName).weight")
    let convolution = layer.layer.operation.convolution
    bias =
      convolution?.hasBias == true
      ? try finiteFloats("\(layer.parameterName).bias", of: model)
      : [Float](repeating: 0, count: layer.outputChannels)
    if let name = layer.normalizationName, let normalization = convolution?.normalization {
      try fold(name, epsilon: Float(normalization.epsilon), of: model)
    }
  }

  private mutating func fold(
    _ normalization: String, epsilon: Float, of model: ImportedModel
  ) throws {
    let gain = try finiteFloats("\(normalization).weight", of: model)
    let shift = try finiteFloats("\(normalization).bias", of: model)
    let mean = try finiteFloats("\(normalization).running_mean", of: model)
    let variance = try finiteFloats("\(normalization).running_var", of: model)
    var values = try weights.floats()
    let each = values.count / bias.count
    for output in bias.indices {
      let factor = gain[output] / (variance[output] + epsilon).squareRoot()
      for index in output * each..<(output + 1) * each { values[index] *= factor }
      bias[output] = (bias[output] - mean[output]) * factor + shift[output]
    }
    weights = StoredTensor(floats: values, shape: weights.shape)
  }
}

/// A tensor's elements.
///
/// - Throws: ``WeightFileError`` when they cannot be read, or one is not finite.
func finiteFloats(_ name: String, of model: ImportedModel) throws -> [Float] {
  let values = try model.floats(name)
  guard values.allSatisfy(\.isFinite) else { throw WeightFileError(notFinite: name, of: model) }
  return values
}

/// Calls `body` with where each tensor's elements begin, as floats, valid during the call.
func withFloats<Result>(
  of tensors: ArraySlice<StoredTensor>, _ pointers: [UnsafePointer<Float>?] = [],
  _ body: ([UnsafePointer<Float>?]) throws -> Result
) throws -> Result {
  guard let first = tensors.first else { return try body(pointers) }
  return try first.withFloats {
    try withFloats(of: tensors.dropFirst(), pointers + [$0.baseAddress], body)
  }
}

extension WeightFileError {
  /// A parameter holds infinities, or what is not a number.
  init(notFinite name: String, of model: ImportedModel) {
    self.init(model.url, tensor: name, .malformed("it holds numbers that are not finite"))
  }

  /// That error for the first of these layers whose weights are not finite.
  init(notFiniteWeightsOf layers: [String], of model: ImportedModel) throws {
    let names = layers.map { "\($0).weight" }
    let found = try names.first { try !model.floats($0).allSatisfy(\.isFinite) }
    self.init(notFinite: found ?? names[0], of: model)
  }
}
