import Torch
import Weights

extension Tensor {
  /// A tensor with the elements of an array on disk.
  ///
  /// - Throws: ``/Weights/WeightFileError`` when they cannot be read.
  public init(_ stored: StoredTensor) throws {
    self = try stored.withBytes {
      Tensor(bytes: $0, shape: stored.shape, scalarType: Torch.ScalarType(stored.scalarType))
    }
  }
}

extension StoredTensor {
  /// The elements of a tensor as they are when they are written.
  public init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, scalarType: Weights.ScalarType(tensor.scalarType)) { body in
      try tensor.withBytes(body)
    }
  }
}

/// What the two targets call the same types.
private let scalarTypes: [(Weights.ScalarType, Torch.ScalarType)] = [
  (.float64, .float64), (.float32, .float32), (.float16, .float16), (.bfloat16, .bfloat16),
  (.int64, .int64), (.int32, .int32), (.int16, .int16), (.int8, .int8), (.uint8, .uint8),
  (.bool, .bool),
]

extension Torch.ScalarType {
  init(_ type: Weights.ScalarType) { self = scalarTypes.first { $0.0 == type }!.1 }
}

extension Weights.ScalarType {
  init(_ type: Torch.ScalarType) { self = scalarTypes.first { $0.1 == type }!.0 }
}
