extension StoredTensor {
  /// Some of the elements in another order: element (i, j, ...) of the result is element
  /// `offset + i * strides[0] + j * strides[1] + ...` of this array in row-major order.
  ///
  /// Only those parts of a memory-mapped file are read that the elements lie in.
  ///
  /// - Precondition: every element so described exists.
  public func view(shape: [Int], strides: [Int], offset: Int = 0) -> StoredTensor {
    precondition(shape.count == strides.count, "shape \(shape) with strides \(strides)")
    if !shape.contains(0) {
      let reaches = zip(shape, strides).map { ($0 - 1) * $1 }
      precondition(
        offset + reaches.reduce(0) { $0 + min($1, 0) } >= 0
          && offset + reaches.reduce(0) { $0 + max($1, 0) } < count,
        "shape \(shape) with strides \(strides) from \(offset) in \(count) elements")
    }
    let type = scalarType
    return StoredTensor(shape: shape, scalarType: type) { body in
      try withUncheckedBytes { source in
        try gather(source, type, shape: shape, strides: strides, offset: offset, body)
      }
    }
  }

  /// The array with its second dimension reversed: kernels for blue, green, red become kernels for
  /// red, green, blue.
  public var withReversedInputs: StoredTensor {
    precondition(shape.count >= 2, "an array of shape \(shape) has no second dimension")
    var strides = rowMajorStrides(shape)
    let offset = max(0, shape[1] - 1) * strides[1]
    strides[1] = -strides[1]
    return view(shape: shape, strides: strides, offset: offset)
  }
}

/// The distance of neighbours along every dimension of a row-major array, in elements.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  guard !shape.contains(0) else { return strides }
  for dimension in shape.indices.dropLast().reversed() {
    strides[dimension] = strides[dimension + 1] * shape[dimension + 1]
  }
  return strides
}

/// Whether the elements of a view lie one after the other in row-major order.
func isContiguous(shape: [Int], strides: [Int]) -> Bool {
  zip(shape, zip(strides, rowMajorStrides(shape))).allSatisfy { $0 <= 1 || $1.0 == $1.1 }
}

/// Hands the elements of a view of `source` to `body`, copied unless they lie as they are wanted.
///
/// The view must lie within `source`, which need not be aligned.
func gather(
  _ source: UnsafeRawBufferPointer, _ type: ScalarType, shape: [Int], strides: [Int], offset: Int,
  _ body: StoredTensor.Body
) throws {
  let size = type.byteCount
  let count = shape.contains(0) ? 0 : shape.reduce(1, *)
  if count == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
  if isContiguous(shape: shape, strides: strides) {
    let range = offset * size..<(offset + count) * size
    return try UnsafeRawBufferPointer(rebasing: source[range]).withAlignment(for: type, body)
  }
  let target = UnsafeMutableRawBufferPointer.allocate(byteCount: count * size, alignment: 16)
  defer { target.deallocate() }
  switch size {
  case 8: copy(source, UInt64.self, shape, strides, offset, to: target)
  case 4: copy(source, UInt32.self, shape, strides, offset, to: target)
  case 2: copy(source, UInt16.self, shape, strides, offset, to: target)
  default: copy(source, UInt8.self, shape, strides, offset, to: target)
  }
  try body(UnsafeRawBufferPointer(target))
}

/// Copies the elements of a view that is not empty.
private func copy<Element: BitwiseCopyable>(
  _ source: UnsafeRawBufferPointer, _ type: Element.Type, _ shape: [Int], _ strides: [Int],
  _ offset: Int, to target: UnsafeMutableRawBufferPointer
) {
  let size = MemoryLayout<Element>.size
  let inner = shape.last ?? 1
  let innerStride = strides.last ?? 1
  let outer = shape.dropLast()
  var position = [Int](repeating: 0, count: outer.count)
  var start = offset
  var written = 0
  while true {
    for column in 0..<inner {
      let element = source.loadUnaligned(
        fromByteOffset: (start + column * innerStride) * size, as: Element.self)
      target.storeBytes(of: element, toByteOffset: (written + column) * size, as: Element.self)
    }
    written += inner
    // The next row: the last dimension that is not at its end moves on, those after it begin anew.
    var dimension = outer.count - 1
    while dimension >= 0 {
      position[dimension] += 1
      start += strides[dimension]
      if position[dimension] < shape[dimension] { break }
      start -= shape[dimension] * strides[dimension]
      position[dimension] = 0
      dimension -= 1
    }
    if dimension < 0 { return }
  }
}
