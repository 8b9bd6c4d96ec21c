private let toDevice = Operator("aten::to", overload: "device")
private let toType = Operator("aten::to", overload: "dtype")
private let contiguousOperator = Operator("aten::contiguous")
private let detachOperator = Operator("aten::detach")
private let cloneOperator = Operator("aten::clone")
private let copyOperator = Operator("aten::copy_")

extension Tensor {
  /// The tensor on a device; itself when it is there.
  public func moved(to device: Device) -> Tensor {
    guard device != self.device else { return self }
    return toDevice(.tensor(self), .device(device), .type(scalarType))
  }

  /// The tensor with elements of another type; itself when they are of that type.
  public func converted(to type: ScalarType) -> Tensor {
    guard type != scalarType else { return self }
    return toType(.tensor(self), .type(type))
  }

  /// The tensor with its elements in that order in memory; itself when they are.
  public func contiguous(_ format: MemoryFormat = .contiguous) -> Tensor {
    contiguousOperator(.tensor(self), .format(format))
  }

  /// The same elements without history.
  public func detached() -> Tensor { detachOperator(.tensor(self)) }

  /// A copy of its own.
  public func cloned() -> Tensor { cloneOperator(.tensor(self)) }

  /// Overwrites the elements, in place and outside automatic differentiation.
  ///
  /// - Precondition: `other` can be broadcast to this shape.
  public func assign(_ other: Tensor) {
    withoutGradients { copyOperator.run(.tensor(self), .tensor(other)) }
  }
}
