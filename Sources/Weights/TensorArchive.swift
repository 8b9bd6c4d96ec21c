import Foundation

/// A file that holds named arrays.
public protocol TensorArchive: Sendable {
  /// The file it was opened from.
  var url: URL { get }
  /// The names of the tensors, in the file's order.
  var names: [String] { get }
  /// Texts that the file carries beside its tensors.
  var metadata: [String: String] { get }

  /// The tensor of that name; its data is read later.
  /// - Throws: ``WeightFileError`` when there is none.
  func tensor(_ name: String) throws -> StoredTensor
}

extension TensorArchive {
  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { (try? tensor(name)) != nil }

  /// The elements of a tensor as floats, whatever their type on disk.
  public func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }

  /// The tensors that hold infinities, or what is not a number.
  public func namesOfNotFinite() throws -> [String] {
    try names.filter { name in
      let tensor = try tensor(name)
      return try tensor.scalarType.isFloatingPoint
        && !tensor.withFloats { $0.allSatisfy(\.isFinite) }
    }
  }

  /// The elements of a tensor of integers or booleans.
  /// - Throws: ``WeightFileError`` when the tensor can hold fractions.
  public func integers(_ name: String) throws -> [Int64] {
    let tensor = try tensor(name)
    guard let values = try tensor.integers() else {
      throw WeightFileError(
        url, tensor: name, .wrongScalarType(found: tensor.scalarType, wanted: "integers"))
    }
    return values
  }

  /// Calls `body` with a tensor's elements: row-major, little-endian, aligned, valid during the call.
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try tensor(name).withBytes(body)
  }

  /// The shape of every tensor.
  public var shapes: [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    for name in names { shapes[name] = (try? tensor(name))?.shape }
    return shapes
  }
}

/// How many bytes elements of a shape take, or nil when a dimension is negative or the number does
/// not fit.
func byteCount(shape: [Int], scalarType: ScalarType) -> Int? {
  guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
  // The other dimensions of an empty array may be so large that their product does not fit.
  guard !shape.contains(0) else { return 0 }
  var count = scalarType.byteCount
  for length in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: length)
    guard !overflow else { return nil }
    count = product
  }
  return count
}

extension UnsafeRawBufferPointer {
  /// Calls `body` with the same bytes at an address that suits elements of `type`.
  func withAlignment(for type: ScalarType, _ body: StoredTensor.Body) throws {
    guard let start = baseAddress, UInt(bitPattern: start) % UInt(type.byteCount) != 0 else {
      return try body(self)
    }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { copy.deallocate() }
    copy.copyMemory(from: self)
    try body(UnsafeRawBufferPointer(copy))
  }
}
