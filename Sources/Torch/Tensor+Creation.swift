private let zerosOperator = Operator("aten::zeros")
private let fullOperator = Operator("aten::full")
private let arangeOperator = Operator("aten::arange")
private let zerosLikeOperator = Operator("aten::zeros_like")
private let uniformOperator = Operator("aten::uniform_")
private let normalOperator = Operator("aten::normal_")

extension Tensor {
  /// Zeros.
  public static func zeros(
    _ shape: [Int], type: ScalarType = .float32, device: Device = .cpu
  ) -> Tensor {
    zerosOperator(.integers(shape), .type(type), .none, .device(device))
  }

  /// One value everywhere.
  public static func full(
    _ shape: [Int], value: Double, type: ScalarType = .float32, device: Device = .cpu
  ) -> Tensor {
    fullOperator(.integers(shape), .real(value), .type(type), .none, .device(device))
  }

  /// 0, 1, 2 ... `count` - 1.
  public static func range(_ count: Int, type: ScalarType = .int64, device: Device = .cpu) -> Tensor
  {
    arangeOperator(.integer(count), .type(type), .none, .device(device))
  }

  /// Zeros of the same shape, type, device and memory format.
  public func zerosLike() -> Tensor { zerosLikeOperator(.tensor(self)) }

  /// Fills the tensor with uniform random values of libtorch's generator.
  public func fillUniform(_ range: ClosedRange<Double>) {
    withoutGradients {
      uniformOperator.run(.tensor(self), .real(range.lowerBound), .real(range.upperBound))
    }
  }

  /// Fills the tensor with normally distributed random values of libtorch's generator.
  public func fillNormal(mean: Double = 0, deviation: Double) {
    withoutGradients { normalOperator.run(.tensor(self), .real(mean), .real(deviation)) }
  }
}
