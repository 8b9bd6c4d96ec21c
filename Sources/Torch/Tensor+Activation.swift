private let hardtanhOperator = Operator("aten::hardtanh")
private let hardswishOperator = Operator("aten::hardswish")
private let hardsigmoidOperator = Operator("aten::hardsigmoid")
private let adaptiveAveragePoolOperator = Operator("aten::adaptive_avg_pool2d")

/// Activations and pooling of networks for small devices.
extension Tensor {
  /// min(max(x, 0), 6), element by element (ReLU6).
  public func relu6() -> Tensor { hardtanhOperator(.tensor(self), .real(0), .real(6)) }

  /// x * min(max(x + 3, 0), 6) / 6, element by element (MobileNetV3).
  public func hardSwish() -> Tensor { hardswishOperator(.tensor(self)) }

  /// min(max(x + 3, 0), 6) / 6, element by element (MobileNetV3).
  public func hardSigmoid() -> Tensor { hardsigmoidOperator(.tensor(self)) }

  /// The mean of each channel, (N, C, H, W) -> (N, C, 1, 1).
  public func globalAveragePooled() -> Tensor {
    adaptiveAveragePoolOperator(.tensor(self), .integers([1, 1]))
  }
}
