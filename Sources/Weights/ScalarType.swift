/// The type of a tensor's elements on disk. All are little-endian.
public enum ScalarType: String, Hashable, Sendable, Codable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint8 = "U8"
  case bool = "BOOL"

  /// How many bytes an element takes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether elements can hold fractions.
  public var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    case .int64, .int32, .int16, .int8, .uint8, .bool: false
    }
  }
}

extension ScalarType {
  /// The elements in `bytes` as floats: rounded from F64 and from large integers, exact otherwise.
  ///
  /// `bytes` need not be aligned; a rest smaller than an element is ignored.
  public func floats(in bytes: UnsafeRawBufferPointer) -> [Float] {
    switch self {
    case .float64: convert(bytes, from: UInt64.self) { Float(Double(bitPattern: $0)) }
    case .float32: convert(bytes, from: UInt32.self) { Float(bitPattern: $0) }
    case .float16: convert(bytes, from: UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bfloat16: convert(bytes, from: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .int64: convert(bytes, from: Int64.self) { Float($0) }
    case .int32: convert(bytes, from: Int32.self) { Float($0) }
    case .int16: convert(bytes, from: Int16.self) { Float($0) }
    case .int8: convert(bytes, from: Int8.self) { Float($0) }
    case .uint8: convert(bytes, from: UInt8.self) { Float($0) }
    case .bool: convert(bytes, from: UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  /// The elements in `bytes` as integers, or nil when the type can hold fractions.
  public func integers(in bytes: UnsafeRawBufferPointer) -> [Int64]? {
    switch self {
    case .float64, .float32, .float16, .bfloat16: nil
    case .int64: convert(bytes, from: Int64.self) { $0 }
    case .int32: convert(bytes, from: Int32.self) { Int64($0) }
    case .int16: convert(bytes, from: Int16.self) { Int64($0) }
    case .int8: convert(bytes, from: Int8.self) { Int64($0) }
    case .uint8: convert(bytes, from: UInt8.self) { Int64($0) }
    case .bool: convert(bytes, from: UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }
}

/// Every element of `bytes`, read as `Stored` and turned into a `Value`.
private func convert<Stored: FixedWidthInteger & BitwiseCopyable, Value>(
  _ bytes: UnsafeRawBufferPointer, from stored: Stored.Type, _ value: (Stored) -> Value
) -> [Value] {
  let size = MemoryLayout<Stored>.size
  let count = bytes.count / size
  return Array(unsafeUninitializedCapacity: count) { values, initialized in
    for index in 0..<count {
      let element = bytes.loadUnaligned(fromByteOffset: index * size, as: Stored.self)
      values.initializeElement(at: index, to: value(Stored(littleEndian: element)))
    }
    initialized = count
  }
}
