private let maximumOperator = Operator("aten::maximum")
private let minimumOperator = Operator("aten::minimum")
private let maxDimension = Operator("aten::max", overload: "dim")
private let whereOperator = Operator("aten::where", overload: "self")
private let padOperator = Operator("aten::constant_pad_nd")
private let expandOperator = Operator("aten::expand")
private let scatterValue = Operator("aten::scatter_", overload: "value")
private let scatterSource = Operator("aten::scatter_", overload: "src")
private let equalTensor = Operator("aten::eq", overload: "Tensor")
private let atLeastScalar = Operator("aten::ge", overload: "Scalar")

/// Choosing among elements, with shapes that do not depend on what the elements are.
extension Tensor {
  /// True where the elements are equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { equalTensor(.tensor(a), .tensor(b)) }
  /// True where the element is at least `b`.
  public static func .>= (a: Tensor, b: Double) -> Tensor { atLeastScalar(.tensor(a), .real(b)) }

  /// The greater of two elements, with broadcasting.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    maximumOperator(.tensor(a), .tensor(b))
  }

  /// The lesser of two elements, with broadcasting.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    minimumOperator(.tensor(a), .tensor(b))
  }

  /// The greatest element along a dimension, which disappears, and where it stands: of equal ones, the
  /// first.
  public func maxima(along dimension: Int) -> (values: Tensor, indices: Tensor) {
    let results = maxDimension.several(.tensor(self), .integer(dimension))
    return (results[0], results[1])
  }

  /// These elements where `mask` is true, those of `other` elsewhere, with broadcasting.
  public func chosen(where mask: Tensor, otherwise other: Tensor) -> Tensor {
    whereOperator(.tensor(mask), .tensor(self), .tensor(other))
  }

  /// With `value` behind the elements.
  ///
  /// - Parameter counts: how many places more each of the last dimensions gets, the last one first.
  public func padded(_ counts: [Int], with value: Double) -> Tensor {
    padOperator(.tensor(self), .integers(counts.flatMap { [0, $0] }), .real(value))
  }

  /// Images with rows and columns of one value around them.
  ///
  /// - Parameters:
  ///   - before: the rows above the first and the columns left of the first.
  ///   - after: the rows below the last and the columns right of the last.
  public func edgePadded(before: Int, after: Int, with value: Double = 0) -> Tensor {
    padOperator(.tensor(self), .integers([before, after, before, after]), .real(value))
  }

  /// The same elements seen again and again along dimensions of size 1.
  public func expanded(to shape: [Int]) -> Tensor {
    expandOperator(.tensor(self), .integers(shape))
  }

  /// Overwrites the elements at `indices` (int64) of a dimension with one value, in place.
  public func scatter(_ value: Double, along dimension: Int, at indices: Tensor) {
    scatterValue.run(.tensor(self), .integer(dimension), .tensor(indices), .real(value))
  }

  /// Overwrites the elements at `indices` (int64) of a dimension, in place.
  ///
  /// - Precondition: no place is named twice, or it does not matter which value stays.
  public func scatter(_ values: Tensor, along dimension: Int, at indices: Tensor) {
    scatterSource.run(.tensor(self), .integer(dimension), .tensor(indices), .tensor(values))
  }
}
