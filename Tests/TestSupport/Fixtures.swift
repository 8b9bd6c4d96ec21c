import Foundation

/// Test material of several targets: files that other implementations wrote, and what they computed.
///
/// It is part of the project, so that tests with it run in every clone. `Tests/Fixtures/README.md` says
/// where each file is from.
public enum Fixtures {
  private static let tests = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Where a file or folder below `Tests/Fixtures` lies.
  public static func url(_ path: String) -> URL { tests.appending(path: "Fixtures/\(path)") }

  /// Where a resource of a test target lies, for tests of another one.
  public static func resource(_ name: String, of target: String) -> URL {
    tests.appending(path: "\(target)/Resources/\(name)")
  }
}
