import Foundation
import Weights

/// Weights and bias of a convolution, with the batch normalisation that follows folded in.
struct ConvolutionParameters {
  /// (outputs, inputs, kernel, kernel), row-major.
  var weights: [Float] = []
  /// (outputs).
  var bias: [Float] = []

  /// What PyTorch adds to a variance.
  private static let epsilon: Float = 1e-5

  /// Reads the parameters whose names begin with these, one after the other.
  ///
  /// - Throws: ``WeightFileError`` when they cannot be read, or are not finite.
  init(_ names: [String], of model: ImportedModel) throws {
    for name in names {
      var weights = try Self.finite("\(name).weight", model)
      var bias = try Self.finite("\(name).bias", model)
      if let folder = name.lastIndex(of: "."), model.configuration.base.hasBatchNormalization,
        !name.hasPrefix("pred_convs.")
      {
        let normalization =
          "\(name[...folder])bn\(name[name.index(after: folder)...].dropFirst("conv".count))"
        try Self.fold(normalization, into: &weights, &bias, of: model)
      }
      self.weights += weights
      self.bias += bias
    }
  }

  private static func fold(
    _ normalization: String, into weights: inout [Float], _ bias: inout [Float],
    of model: ImportedModel
  ) throws {
    let gain = try finite("\(normalization).weight", model)
    let shift = try finite("\(normalization).bias", model)
    let mean = try finite("\(normalization).running_mean", model)
    let variance = try finite("\(normalization).running_var", model)
    let each = weights.count / bias.count
    for output in bias.indices {
      let factor = gain[output] / (variance[output] + epsilon).squareRoot()
      for index in output * each..<(output + 1) * each { weights[index] *= factor }
      bias[output] = (bias[output] - mean[output]) * factor + shift[output]
    }
  }

  private static func finite(_ name: String, _ model: ImportedModel) throws -> [Float] {
    let values = try model.floats(name)
    // Infinity minus infinity, and everything else that is not finite, is not 0.
    let isFinite = values.withUnsafeBufferPointer { values in
      values.reduce(0) { $0 + ($1 - $1) } == 0
    }
    guard isFinite else {
      throw WeightFileError(
        model.url, tensor: name, .malformed("it holds numbers that are not finite"))
    }
    return values
  }
}
