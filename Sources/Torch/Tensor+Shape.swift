private let reshapeOperator = Operator("aten::reshape")
private let permuteOperator = Operator("aten::permute")
private let catOperator = Operator("aten::cat")
private let stackOperator = Operator("aten::stack")
private let unsqueezeOperator = Operator("aten::unsqueeze")
private let squeezeOperator = Operator("aten::squeeze", overload: "dim")
private let selectOperator = Operator("aten::select", overload: "int")
private let sliceOperator = Operator("aten::slice", overload: "Tensor")
private let gatherOperator = Operator("aten::gather")
private let sortOperator = Operator("aten::sort")

extension Tensor {
  /// The same elements in another shape; -1 stands for the dimension that follows from the others.
  public func reshaped(_ shape: [Int]) -> Tensor {
    reshapeOperator(.tensor(self), .integers(shape))
  }

  /// The dimensions in another order.
  public func permuted(_ order: [Int]) -> Tensor {
    permuteOperator(.tensor(self), .integers(order))
  }

  /// Tensors joined along an existing dimension.
  public static func concatenated(_ tensors: [Tensor], along dimension: Int) -> Tensor {
    catOperator(.tensors(tensors), .integer(dimension))
  }

  /// Tensors of equal shape joined along a new dimension.
  public static func stacked(_ tensors: [Tensor], along dimension: Int = 0) -> Tensor {
    stackOperator(.tensors(tensors), .integer(dimension))
  }

  /// With a new dimension of size 1.
  public func unsqueezed(_ dimension: Int) -> Tensor {
    unsqueezeOperator(.tensor(self), .integer(dimension))
  }

  /// Without a dimension of size 1.
  public func squeezed(_ dimension: Int) -> Tensor {
    squeezeOperator(.tensor(self), .integer(dimension))
  }

  /// One position of a dimension, which disappears.
  public func selected(_ index: Int, along dimension: Int = 0) -> Tensor {
    selectOperator(.tensor(self), .integer(dimension), .integer(index))
  }

  /// A range of a dimension.
  public func sliced(_ range: Range<Int>, along dimension: Int = 0) -> Tensor {
    sliceOperator(
      .tensor(self), .integer(dimension), .integer(range.lowerBound), .integer(range.upperBound))
  }

  /// The elements at `indices` (int64) of a dimension.
  public func gathered(along dimension: Int, at indices: Tensor) -> Tensor {
    gatherOperator(.tensor(self), .integer(dimension), .tensor(indices))
  }

  /// The elements of a dimension in order, and where they stood.
  public func sorted(along dimension: Int, descending: Bool) -> (values: Tensor, indices: Tensor) {
    let results = sortOperator.several(
      .tensor(self), .integer(dimension), .boolean(descending))
    return (results[0], results[1])
  }
}
