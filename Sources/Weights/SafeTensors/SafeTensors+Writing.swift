import Foundation

extension SafeTensors {
  /// Writes tensors to a file, one after the other, without holding them all in memory.
  ///
  /// The file appears whole or not at all (see ``AtomicFile``). Larger element types come first, so
  /// that each tensor is aligned for its own; otherwise the order is kept.
  ///
  /// - Throws: ``WeightFileError`` when a name occurs twice, a tensor does not deliver the bytes its
  ///   shape promises, or the disk is full. An older file of that name then stays as it was.
  public static func write(
    _ tensors: [(name: String, tensor: StoredTensor)], metadata: [String: String] = [:],
    to url: URL
  ) throws {
    let ordered = tensors.enumerated().sorted {
      let (first, second) = ($0.element.tensor.scalarType, $1.element.tensor.scalarType)
      return first.byteCount != second.byteCount
        ? first.byteCount > second.byteCount : $0.offset < $1.offset
    }.map(\.element)

    let header = try header(ordered, metadata: metadata, url: url)
    let file = try AtomicFile(replacing: url)
    try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
    try header.withUnsafeBytes { try file.write($0) }
    for (name, tensor) in ordered {
      try tensor.withBytes { bytes in
        guard bytes.count == tensor.byteCount else {
          throw WeightFileError(
            url, tensor: name,
            .sizeMismatch(
              shape: tensor.shape, scalarType: tensor.scalarType,
              needed: UInt64(tensor.byteCount), found: UInt64(bytes.count)))
        }
        try file.write(bytes)
      }
    }
    try file.commit()
  }

  private static func header(
    _ tensors: [(name: String, tensor: StoredTensor)], metadata: [String: String], url: URL
  ) throws -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var offset = 0
    for (name, tensor) in tensors {
      guard names.insert(name).inserted else {
        throw WeightFileError(
          url, tensor: name, .malformed("the name occurs twice or is reserved; nothing is written"))
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.byteCount
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(tensor.scalarType.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    guard UInt64(header.count) <= maximumHeaderCount else {
      throw WeightFileError(
        url, .unsupported("names and metadata take more than \(maximumHeaderCount) bytes"))
    }
    return header
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
