import Foundation
import Weights

/// Writes JSON to a file or to the standard output.
enum JSONOutput {
  /// - Parameter path: `-` is the standard output.
  static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(data: encoder.encode(value), to: path)
  }

  /// - Parameter path: `-` is the standard output.
  static func write(data: Data, to path: String) throws {
    if path == "-" {
      print(String(decoding: data, as: UTF8.self))
    } else {
      try AtomicFile.write(data + Data("\n".utf8), to: URL(filePath: path))
    }
  }
}
