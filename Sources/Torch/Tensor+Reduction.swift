private let sumAll = Operator("aten::sum")
private let sumDimensions = Operator("aten::sum", overload: "dim_IntList")
private let meanDimensions = Operator("aten::mean", overload: "dim")
private let meanAll = Operator("aten::mean")
private let allOperator = Operator("aten::all")
private let norm = Operator("aten::linalg_vector_norm")
private let foreachNorm = Operator("aten::_foreach_norm", overload: "Scalar")

extension Tensor {
  /// The sum of all elements.
  public func sum() -> Tensor { sumAll(.tensor(self)) }

  /// The sums along dimensions, which disappear unless kept.
  public func sum(along dimensions: [Int], keepingDimensions: Bool = false) -> Tensor {
    sumDimensions(.tensor(self), .integers(dimensions), .boolean(keepingDimensions))
  }

  /// The mean of all elements.
  public func mean() -> Tensor { meanAll(.tensor(self)) }

  /// The means along dimensions, which disappear unless kept.
  public func mean(along dimensions: [Int], keepingDimensions: Bool = false) -> Tensor {
    meanDimensions(.tensor(self), .integers(dimensions), .boolean(keepingDimensions))
  }

  /// Whether every element is true, or not zero.
  public func allTrue() -> Bool { allOperator(.tensor(self)).scalar != 0 }

  /// The Euclidean length of all elements together.
  public func norm2() -> Tensor { norm(.tensor(self)) }

  /// The Euclidean length of many tensors taken as one vector.
  public static func norm2(of tensors: [Tensor]) -> Tensor {
    let norms = checked { () throws(TorchError) in
      try foreachNorm.call([.tensors(tensors), .real(2)], returningAtMost: tensors.count)
    }
    return stacked(norms).norm2()
  }
}
