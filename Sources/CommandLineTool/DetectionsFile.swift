import Foundation
import Weights

/// Detections as JSON: one array, or a line for each image.
///
/// Lines of parts of the work are, one behind the other, the lines of the whole; and they are written as
/// they come, so that millions need no memory. Either way the file appears when all are there.
final class DetectionsFile {
  private enum Form {
    case array
    /// nil: the standard output.
    case lines(AtomicFile?)
  }

  private let path: String
  private let form: Form
  /// What waits for the array's end.
  private var found: [ImageDetections] = []
  private let encoder = JSONEncoder()

  /// - Parameters:
  ///   - path: `-` is the standard output; a name in `.jsonl` asks for lines.
  ///   - isPart: whether others write other parts, which asks for lines too.
  init(_ path: String, isPart: Bool = false) throws {
    self.path = path
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard isPart || path.hasSuffix(".jsonl") else {
      form = .array
      return
    }
    form = .lines(path == "-" ? nil : try AtomicFile(replacing: URL(filePath: path)))
  }

  func append(_ detections: ImageDetections) throws {
    switch form {
    case .array: found.append(detections)
    case .lines(let file):
      let line = try encoder.encode(detections) + Data("\n".utf8)
      if let file {
        try line.withUnsafeBytes { try file.write($0) }
      } else {
        FileHandle.standardOutput.write(line)
      }
    }
  }

  /// Without it no file appears.
  func finish() throws {
    switch form {
    case .array: try JSONOutput.write(found, to: path)
    case .lines(let file): try file?.commit()
    }
  }
}
