private let addTensor = Operator("aten::add", overload: "Tensor")
private let addScalar = Operator("aten::add", overload: "Scalar")
private let subTensor = Operator("aten::sub", overload: "Tensor")
private let subScalar = Operator("aten::sub", overload: "Scalar")
private let mulTensor = Operator("aten::mul", overload: "Tensor")
private let mulScalar = Operator("aten::mul", overload: "Scalar")
private let divTensor = Operator("aten::div", overload: "Tensor")
private let divScalar = Operator("aten::div", overload: "Scalar")
private let addInPlace = Operator("aten::add_", overload: "Tensor")
private let mulInPlace = Operator("aten::mul_", overload: "Scalar")
private let sqrtOperator = Operator("aten::sqrt")
private let logOperator = Operator("aten::log")
private let absOperator = Operator("aten::abs")
private let greaterScalar = Operator("aten::gt", overload: "Scalar")
private let lessTensor = Operator("aten::lt", overload: "Tensor")
private let maskedFill = Operator("aten::masked_fill", overload: "Scalar")
private let clampMinimum = Operator("aten::clamp_min")
private let matrixProductOperator = Operator("aten::mm")
private let isFiniteOperator = Operator("aten::isfinite")

/// Element by element, with libtorch's broadcasting.
extension Tensor {
  /// The sums.
  public static func + (a: Tensor, b: Tensor) -> Tensor { addTensor(.tensor(a), .tensor(b)) }
  /// Every element plus `b`.
  public static func + (a: Tensor, b: Double) -> Tensor { addScalar(.tensor(a), .real(b)) }
  /// The differences.
  public static func - (a: Tensor, b: Tensor) -> Tensor { subTensor(.tensor(a), .tensor(b)) }
  /// Every element minus `b`.
  public static func - (a: Tensor, b: Double) -> Tensor { subScalar(.tensor(a), .real(b)) }
  /// The products.
  public static func * (a: Tensor, b: Tensor) -> Tensor { mulTensor(.tensor(a), .tensor(b)) }
  /// Every element times `b`.
  public static func * (a: Tensor, b: Double) -> Tensor { mulScalar(.tensor(a), .real(b)) }
  /// The quotients.
  public static func / (a: Tensor, b: Tensor) -> Tensor { divTensor(.tensor(a), .tensor(b)) }
  /// Every element divided by `b`.
  public static func / (a: Tensor, b: Double) -> Tensor { divScalar(.tensor(a), .real(b)) }
  /// Every element with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { a * -1 }

  /// 1 where the element is greater, as booleans.
  public static func .> (a: Tensor, b: Double) -> Tensor { greaterScalar(.tensor(a), .real(b)) }
  /// 1 where the element is less, as booleans.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { lessTensor(.tensor(a), .tensor(b)) }

  /// Adds in place.
  public static func += (a: Tensor, b: Tensor) { addInPlace.run(.tensor(a), .tensor(b)) }
  /// Multiplies in place.
  public static func *= (a: Tensor, b: Double) { mulInPlace.run(.tensor(a), .real(b)) }

  /// The square root of every element.
  public func squareRoot() -> Tensor { sqrtOperator(.tensor(self)) }
  /// The natural logarithm of every element.
  public func logarithm() -> Tensor { logOperator(.tensor(self)) }
  /// Every element without its sign.
  public func magnitude() -> Tensor { absOperator(.tensor(self)) }
  /// `minimum` where an element is less.
  public func clamped(minimum: Double) -> Tensor { clampMinimum(.tensor(self), .real(minimum)) }
  /// With `value` wherever `mask` is true.
  public func filled(where mask: Tensor, with value: Double) -> Tensor {
    maskedFill(.tensor(self), .tensor(mask), .real(value))
  }
  /// The product of two matrices.
  public func matrixProduct(with other: Tensor) -> Tensor {
    matrixProductOperator(.tensor(self), .tensor(other))
  }

  /// True where the element is neither infinite nor not a number.
  public func isFinite() -> Tensor { isFiniteOperator(.tensor(self)) }
}

infix operator .> : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
