/// An array that lies in a file or in memory, row-major and little-endian, read when it is needed.
public struct StoredTensor: Sendable {
  /// What is done with an array's bytes.
  public typealias Body = (UnsafeRawBufferPointer) throws -> Void

  /// The length of every dimension; empty for a single number.
  public let shape: [Int]
  /// The type of the elements.
  public let scalarType: ScalarType
  /// Calls its argument once with all bytes.
  private let read: @Sendable (Body) throws -> Void
  /// Throws when the bytes are not what they were when they were written.
  private let check: (@Sendable () throws -> Void)?

  /// An array whose bytes `read` hands to its argument.
  ///
  /// - Parameters:
  ///   - shape: the length of every dimension.
  ///   - scalarType: the type of the elements.
  ///   - check: throws when the bytes are damaged; called before all of them are read, not before a
  ///     few are picked out.
  ///   - read: calls its argument exactly once, with the elements in row-major order, ``byteCount``
  ///     bytes that are aligned for the scalar type.
  /// - Precondition: no dimension is negative, and the size in bytes fits an `Int`.
  public init(
    shape: [Int], scalarType: ScalarType, check: (@Sendable () throws -> Void)? = nil,
    read: @escaping @Sendable (Body) throws -> Void
  ) {
    self.shape = shape
    self.scalarType = scalarType
    self.check = check
    self.read = read
  }

  /// An array of floats in memory.
  /// - Precondition: `shape` has as many elements as there are values.
  public init(floats values: [Float], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    self.init(shape: shape, scalarType: .float32) { try values.withUnsafeBytes($0) }
  }

  /// An array of integers in memory.
  /// - Precondition: `shape` has as many elements as there are values.
  public init(integers values: [Int64], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    self.init(shape: shape, scalarType: .int64) { try values.withUnsafeBytes($0) }
  }

  /// How many elements there are.
  public var count: Int {
    // The other dimensions of an empty array may be so large that their product does not fit.
    shape.contains(0) ? 0 : shape.reduce(1, *)
  }

  /// How many bytes the elements take.
  public var byteCount: Int { count * scalarType.byteCount }

  /// Calls `body` with the elements: row-major, little-endian, aligned, valid during the call.
  ///
  /// Nothing is copied where the elements lie in the file as they are wanted.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try check?()
    return try withUncheckedBytes(body)
  }

  /// As ``withBytes(_:)``, without a test for damage.
  func withUncheckedBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    var result: Result?
    try read { result = try body($0) }
    guard let result else { preconditionFailure("a StoredTensor's bytes were never handed out") }
    return result
  }

  /// The elements as floats: rounded from F64 and from large integers, exact otherwise.
  public func floats() throws -> [Float] { try withBytes(scalarType.floats) }

  /// Calls `body` with the elements as ``floats()`` gives them, valid during the call; not copied
  /// where they lie in the file as float32.
  public func withFloats<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    guard scalarType == .float32 else { return try floats().withUnsafeBufferPointer(body) }
    return try withBytes { try $0.withMemoryRebound(to: Float.self, body) }
  }

  /// The elements as integers, or nil when the scalar type can hold fractions.
  public func integers() throws -> [Int64]? { try withBytes(scalarType.integers) }
}

extension StoredTensor {
  /// The same array with floating-point elements of another type, converted when it is read.
  ///
  /// Integers, and arrays that have the type already, stay as they are. Rounding is to the nearest,
  /// ties to even.
  /// - Precondition: `type` is `.float32`, `.float16` or `.bfloat16`.
  public func converted(to type: ScalarType) -> StoredTensor {
    guard scalarType.isFloatingPoint, scalarType != type else { return self }
    return StoredTensor(shape: shape, scalarType: type) { body in
      let values = try floats()
      switch type {
      case .float32: try values.withUnsafeBytes(body)
      case .float16: try values.map { Float16($0).bitPattern }.withUnsafeBytes(body)
      case .bfloat16: try values.map(bfloat16).withUnsafeBytes(body)
      default: preconditionFailure("cannot convert to \(type.rawValue)")
      }
    }
  }

  /// The same elements under another shape.
  /// - Precondition: `shape` has as many elements.
  public func reshaped(_ shape: [Int]) -> StoredTensor {
    precondition(shape.reduce(1, *) == count, "cannot turn shape \(self.shape) into \(shape)")
    return StoredTensor(shape: shape, scalarType: scalarType, check: check, read: read)
  }
}

/// The upper half of a float, rounded to the nearest, ties to even.
private func bfloat16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  // A NaN whose payload lies in the lower half must not become an infinity.
  if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}
