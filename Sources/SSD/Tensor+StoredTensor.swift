import Torch
import Weights

extension Tensor {
  /// A tensor with the elements of an array on disk.
  ///
  /// - Throws: ``WeightFileError`` when they cannot be read.
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

extension Torch.ScalarType {
  init(_ type: Weights.ScalarType) {
    self =
      switch type {
      case .float64: .float64
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .int64: .int64
      case .int32: .int32
      case .int16: .int16
      case .int8: .int8
      case .uint8: .uint8
      case .bool: .bool
      }
  }
}

extension Weights.ScalarType {
  init(_ type: Torch.ScalarType) {
    self =
      switch type {
      case .float64: .float64
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .int64: .int64
      case .int32: .int32
      case .int16: .int16
      case .int8: .int8
      case .uint8: .uint8
      case .bool: .bool
      }
  }
}
