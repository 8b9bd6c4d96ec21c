import CTorch

private let emptyOperator = Operator("aten::empty", overload: "memory_format")
private let toDevice = Operator("aten::to", overload: "device")
private let toType = Operator("aten::to", overload: "dtype")
private let contiguousOperator = Operator("aten::contiguous")
private let detachOperator = Operator("aten::detach")
private let cloneOperator = Operator("aten::clone")
private let copyOperator = Operator("aten::copy_")
private let foreachCopy = Operator("aten::_foreach_copy_")

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

  /// A copy of raw row-major bytes in memory that a GPU can read while the program goes on; in ordinary
  /// memory as long as no GPU is open.
  ///
  /// - Precondition: there are as many bytes as the shape and type need.
  public static func staged(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], scalarType: ScalarType
  ) -> Tensor {
    guard CUDA.isOpen else { return Tensor(bytes: bytes, shape: shape, scalarType: scalarType) }
    precondition(
      bytes.count == shape.reduce(1, *) * scalarType.byteCount,
      "\(bytes.count) bytes do not make a \(scalarType)\(shape)")
    let tensor = emptyOperator(
      .integers(shape), .type(scalarType), .none, .device(.cpu), .boolean(true))
    if let start = bytes.baseAddress, let target = ctorch_tensor_data(tensor.pointer) {
      target.copyMemory(from: start, byteCount: bytes.count)
    }
    return tensor
  }

  /// As ``staged(_:shape:scalarType:)``, of an array.
  public static func staged<Element: TensorElement>(_ elements: [Element], shape: [Int]) -> Tensor {
    elements.withUnsafeBytes { staged($0, shape: shape, scalarType: Element.scalarType) }
  }

  /// As ``assign(_:)``, and between a GPU and memory that it can read, without waiting for the copy.
  public func assignLater(_ other: Tensor) {
    withoutGradients { copyOperator.run(.tensor(self), .tensor(other), .boolean(true)) }
  }

  /// Makes this tensor, and every copy of the value, stand for another array from now on, on whichever
  /// device.
  func replace(with other: Tensor) {
    checked { () throws(TorchError) in try check(ctorch_tensor_set_data(pointer, other.pointer)) }
  }

  /// Overwrites the elements, in place and outside automatic differentiation.
  ///
  /// - Precondition: `other` can be broadcast to this shape.
  public func assign(_ other: Tensor) {
    withoutGradients { copyOperator.run(.tensor(self), .tensor(other)) }
  }

  /// Overwrites the elements of many tensors, in place and outside automatic differentiation.
  ///
  /// - Precondition: there are as many sources, of the same shapes.
  public static func assign(_ sources: [Tensor], to targets: [Tensor]) {
    withoutGradients { foreachCopy.run(.tensors(targets), .tensors(sources)) }
  }
}
