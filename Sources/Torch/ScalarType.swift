import CTorch

/// The type of a tensor's elements.
public enum ScalarType: Int8, Sendable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case int16 = 2
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case bool = 11
  case bfloat16 = 15

  /// The size of an element in bytes.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  var cValue: CTorchScalarType { CTorchScalarType(rawValue: rawValue) }
}

/// A Swift type whose arrays can become tensors and the other way round.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The corresponding type of a tensor's elements.
  static var scalarType: ScalarType { get }
}

extension Float: TensorElement {
  /// The elements' type in libtorch.
  public static var scalarType: ScalarType { .float32 }
}

extension Double: TensorElement {
  /// The elements' type in libtorch.
  public static var scalarType: ScalarType { .float64 }
}

extension Int64: TensorElement {
  /// The elements' type in libtorch.
  public static var scalarType: ScalarType { .int64 }
}

extension Int32: TensorElement {
  /// The elements' type in libtorch.
  public static var scalarType: ScalarType { .int32 }
}

extension UInt8: TensorElement {
  /// The elements' type in libtorch.
  public static var scalarType: ScalarType { .uint8 }
}

extension Bool: TensorElement {
  /// The elements' type in libtorch.
  public static var scalarType: ScalarType { .bool }
}
