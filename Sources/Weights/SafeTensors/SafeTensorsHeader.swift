import Foundation

/// The JSON header of a safetensors file, as it stands there: nothing is compared with the data yet.
///
/// A general JSON parser keeps one of two equal names in silence; this one reads just the header's
/// own grammar and refuses them.
struct SafeTensorsHeader {
  struct Tensor {
    var name: String
    var scalarType: String
    var shape: [Int]
    var begin: UInt64
    var end: UInt64
  }

  struct SyntaxError: Error {
    var offset: Int
    var what: String
    var tensor: String?

    var description: String { "the header is not valid at byte \(offset): \(what)" }
  }

  private(set) var tensors: [Tensor] = []
  private(set) var metadata: [String: String] = [:]

  /// What a tensor takes in the lists and tables made of it, without its name and shape.
  private static let tensorCost = 768

  init(_ bytes: UnsafeRawBufferPointer, budget: AllocationBudget) throws {
    var scanner = JSONScanner(bytes, budget: budget)
    var names: Set<String> = []
    var tensor: String?
    do {
      guard bytes.first == UInt8(ascii: "{") else {
        throw JSONScanner.Failure(offset: 0, what: "it does not begin with `{`")
      }
      try scanner.object { name, scanner in
        tensor = name
        guard names.insert(name).inserted else { throw scanner.failure("the name occurs twice") }
        if name == "__metadata__" {
          try scanner.object { key, scanner in
            let value = try scanner.string()
            guard metadata.updateValue(value, forKey: key) == nil else {
              throw scanner.failure("the metadata key `\(key)` occurs twice")
            }
          }
        } else {
          try budget.charge(Self.tensorCost)
          tensors.append(try Self.tensor(name, &scanner))
        }
        tensor = nil
      }
      try scanner.end()
    } catch let failure as JSONScanner.Failure {
      throw SyntaxError(offset: failure.offset, what: failure.what, tensor: tensor)
    }
  }

  private static func tensor(_ name: String, _ scanner: inout JSONScanner) throws -> Tensor {
    var scalarType: String?
    var shape: [Int]?
    var offsets: [UInt64]?
    try scanner.object { key, scanner in
      switch key {
      case "dtype" where scalarType == nil: scalarType = try scanner.string()
      case "shape" where shape == nil:
        shape = try scanner.naturals(limit: 64).map { length in
          guard let length = Int(exactly: length) else {
            throw scanner.failure("the dimension \(length) is too large")
          }
          return length
        }
      case "data_offsets" where offsets == nil: offsets = try scanner.naturals(limit: 2)
      default: throw scanner.failure("the key `\(key)` is unknown or occurs twice")
      }
    }
    guard let scalarType, let shape, let offsets, offsets.count == 2 else {
      throw scanner.failure("`dtype`, `shape` or a pair of `data_offsets` is missing")
    }
    return Tensor(
      name: name, scalarType: scalarType, shape: shape, begin: offsets[0], end: offsets[1])
  }
}

/// Reads the parts of JSON that a safetensors header consists of.
struct JSONScanner {
  struct Failure: Error {
    var offset: Int
    var what: String
  }

  private let bytes: UnsafeRawBufferPointer
  private let budget: AllocationBudget
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer, budget: AllocationBudget) {
    self.bytes = bytes
    self.budget = budget
  }

  func failure(_ what: String) -> Failure { Failure(offset: position, what: what) }

  /// Checks that only white space is left.
  mutating func end() throws {
    skipWhiteSpace()
    guard position == bytes.count else { throw failure("something follows the closing `}`") }
  }

  /// Reads an object, calling `member` with each key where its value begins.
  mutating func object(_ member: (String, inout JSONScanner) throws -> Void) throws {
    try expect(UInt8(ascii: "{"))
    if take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string()
      try expect(UInt8(ascii: ":"))
      try member(key, &self)
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// Reads an array of at most `limit` numbers without sign, fraction or exponent.
  mutating func naturals(limit: Int) throws -> [UInt64] {
    var values: [UInt64] = []
    try expect(UInt8(ascii: "["))
    if take(UInt8(ascii: "]")) { return values }
    repeat {
      guard values.count < limit else { throw failure("more than \(limit) numbers") }
      try budget.charge(3 * MemoryLayout<UInt64>.size)
      values.append(try natural())
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
    return values
  }

  private mutating func natural() throws -> UInt64 {
    skipWhiteSpace()
    let start = position
    var value: UInt64 = 0
    while position < bytes.count, case let digit = bytes[position], (48...57).contains(digit) {
      let (tens, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(UInt64(digit - 48))
      guard !first, !second else { throw failure("a number that does not fit 64 bits") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("expected a natural number") }
    guard position == start + 1 || bytes[start] != 48 else {
      throw failure("a number with a leading zero")
    }
    return value
  }

  mutating func string() throws -> String {
    try expect(UInt8(ascii: "\""))
    var end = position
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    let count = min(end, bytes.count) - position
    // The bytes without escapes, the text made of them, and its place in a table.
    try budget.charge(2 * count + 128)
    var content: [UInt8] = []
    content.reserveCapacity(count)
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw failure("a string that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content.append(contentsOf: try escape())
      case 0..<0x20: throw failure("a control character in a string")
      default: content.append(byte)
      }
    }
    throw failure("a string without end")
  }

  /// Reads what follows a backslash.
  private mutating func escape() throws -> [UInt8] {
    guard position < bytes.count else { throw failure("a string without end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if units[0] & 0xFC00 == 0xD800, position + 1 < bytes.count,
        bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw failure("an escaped surrogate without its other half")
      }
      return Array(text.utf8)
    default: throw failure("an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws -> UInt16 {
    guard position + 4 <= bytes.count else { throw failure("a string without end") }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw failure("an escape without four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private mutating func expect(_ byte: UInt8) throws {
    guard take(byte) else { throw failure("expected `\(Unicode.Scalar(byte))`") }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipWhiteSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipWhiteSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }
}
