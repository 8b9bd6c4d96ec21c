import Foundation

/// Where a file is to be written: that it cannot be is better known before the work than after it.
enum OutputPlace {
  /// - Parameter path: `-` is the standard output.
  /// - Throws: `CommandError` when its folder does not exist, or nobody may write there.
  static func check(_ path: String) throws {
    guard path != "-" else { return }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw CommandError("cannot write \(path): no folder \(folder) that may be written to")
    }
  }
}
