import Foundation

/// Why a file could not be fetched.
public struct DownloadError: Error, CustomStringConvertible {
  /// The file's address.
  public let url: URL
  /// What went wrong.
  public let problem: Problem

  /// The kinds of things that can go wrong.
  public enum Problem: Sendable, Equatable {
    /// The server answered with another status than was hoped for.
    case status(Int)
    /// The server sent a web page instead of a file.
    case webPage
    /// The connection failed or broke off.
    case connection(String)
    /// All bytes came, but not as many as should have.
    case size(expected: Int, found: Int)
    /// All bytes came, and they are not the ones that were meant.
    case checksum(expected: String, found: String)
    /// The file cannot be written.
    case disk(path: String, reason: String)
    /// `tar` could not unpack the file.
    case unpacking(path: String, status: Int32)
    /// Somebody asked to stop.
    case cancelled
  }

  init(_ url: URL, _ problem: Problem) {
    self.url = url
    self.problem = problem
  }

  /// Whether it makes sense to try again.
  var isPassing: Bool {
    switch problem {
    case .connection, .size: true
    case .status(let code): code == 408 || code == 416 || code == 429 || code >= 500
    default: false
    }
  }

  /// What went wrong, where, and what to do.
  public var description: String {
    let what =
      switch problem {
      case .status(404): "there is no such file on the server (404)"
      case .status(let code): "the server answered with status \(code)"
      case .webPage: "the server sent a web page instead of the file"
      case .connection(let reason):
        "the connection failed: \(reason); the same command goes on where it stopped"
      case .size(let expected, let found): "\(found) bytes came instead of \(expected)"
      case .checksum(let expected, let found):
        "the file is not the one that was meant: its checksum is \(found), not \(expected); "
          + "it has been removed"
      case .disk(let path, let reason): "cannot write \(path): \(reason)"
      case .unpacking(let path, let status): "tar could not unpack \(path) (status \(status))"
      case .cancelled: "stopped; the same command goes on where it stopped"
      }
    return "\(url.absoluteString): \(what)"
  }
}
