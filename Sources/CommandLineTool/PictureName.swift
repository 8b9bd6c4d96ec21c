import ArgumentParser
import Foundation
import Images

/// The name of a picture to write.
enum PictureName {
  /// - Throws: `ValidationError` when the extension names no format that a canvas is written in.
  static func check(_ path: String, option: String = "--output") throws {
    let known = Canvas.fileExtensions
    guard known.contains(URL(filePath: path).pathExtension.lowercased()) else {
      throw ValidationError(
        "\(option) `\(path)` ends in no format known here: \(known.joined(separator: ", "))")
    }
  }
}
