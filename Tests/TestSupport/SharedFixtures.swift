import Foundation

/// Large test material that lies beside the project, not in it.
///
/// A test that needs it is disabled by name when it is absent:
/// `@Test(.enabled(if: SharedFixtures.exists("fixtures/peers")))`.
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
