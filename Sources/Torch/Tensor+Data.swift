import CTorch

extension Tensor {
  /// A tensor with a copy of `elements`, row-major.
  ///
  /// - Precondition: the shape holds as many elements.
  public init<Element: TensorElement>(_ elements: [Element], shape: [Int]) {
    self = elements.withUnsafeBytes {
      Tensor(bytes: $0, shape: shape, scalarType: Element.scalarType)
    }
  }

  /// A tensor of one dimension.
  public init<Element: TensorElement>(_ elements: [Element]) {
    self.init(elements, shape: [elements.count])
  }

  /// A tensor with a copy of raw row-major bytes.
  ///
  /// - Precondition: there are as many bytes as the shape and type need.
  public init(bytes: UnsafeRawBufferPointer, shape: [Int], scalarType: ScalarType) {
    precondition(
      bytes.count == shape.reduce(1, *) * scalarType.byteCount,
      "\(bytes.count) bytes do not make a \(scalarType)\(shape)")
    self = checked { () throws(TorchError) in
      var result: OpaquePointer?
      let shape = shape.map(Int64.init)
      try check(
        ctorch_tensor_from_bytes(
          bytes.baseAddress, shape, shape.count, scalarType.cValue, &result))
      return Tensor(owning: result!)
    }
  }

  /// The elements, row-major, converted to `Element` where they are of another type.
  public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
    withElements(of: type) { Array($0) }
  }

  /// Gives access to the elements, row-major, without a copy where the tensor is on the CPU,
  /// contiguous and of that type.
  public func withElements<Element: TensorElement, Result>(
    of type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try converted(to: Element.scalarType).withBytes {
      try body($0.assumingMemoryBound(to: Element.self))
    }
  }

  /// Gives access to the elements' bytes, row-major, without a copy where the tensor is on the CPU and
  /// contiguous.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let local = detached().moved(to: .cpu).contiguous()
    return try withExtendedLifetime(local) {
      try body(
        UnsafeRawBufferPointer(
          start: ctorch_tensor_data(local.pointer), count: local.count * scalarType.byteCount))
    }
  }

  /// The first of the elements, where they lie one after the other; on a GPU, an address of its memory.
  /// It is good as long as the tensor.
  ///
  /// - Precondition: the tensor is contiguous.
  package var storage: UnsafeMutableRawPointer? {
    precondition(ctorch_tensor_is_contiguous(pointer), "\(self) is not contiguous")
    return ctorch_tensor_data(pointer)
  }

  /// The only element of a tensor, as a number.
  ///
  /// - Precondition: there is exactly one.
  public var scalar: Double {
    precondition(count == 1, "\(self) is no scalar")
    return withElements(of: Double.self) { $0[0] }
  }
}
