import Foundation
import MultiBox

/// Priors in a file of their own, between `ssd data stats`, which suggests them, and `ssd train`.
enum PriorFile {
  static func write(_ configuration: SSDConfiguration, to path: String) throws {
    try JSONOutput.write(configuration.priorShapes, to: path)
  }

  static func read(_ path: String) throws -> [PriorShapes] {
    do {
      return try JSONDecoder().decode(
        [PriorShapes].self, from: Data(contentsOf: URL(filePath: path)))
    } catch is DecodingError {
      throw CommandError(
        "\(path) holds no priors; `ssd data stats DATA --priors FILE` writes such a file")
    }
  }
}
