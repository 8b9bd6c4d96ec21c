import Foundation

/// Data sets and detections that lie beside the project: too large to be part of it, or not free to be
/// passed on. What a clone can have is in ``Fixtures``.
///
/// A test that needs them is disabled by name, with a reason, when they are absent:
/// `@Test(.enabled(if: SharedFixtures.exists("data/BCCD"), "needs BCCD beside the project"))`.
public enum SharedFixtures {
  /// The folder `shared` beside the project's own.
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared")

  /// Where a file or folder of the shared material lies.
  public static func url(_ path: String) -> URL { root.appending(path: path) }

  /// Whether a file or folder of the shared material is there.
  public static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: url(path).path)
  }
}
