import Foundation
#if Distributed
  import Training
#endif

/// A mistake that a user can mend, without a usage message.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What went wrong with a file, and which, in words.
  init(_ error: CocoaError) {
    let path = error.filePath ?? error.url?.path
    let reason =
      (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
      ?? error.localizedDescription
    description = (path.map { "\($0): " } ?? "") + reason
  }
}

/// Writes a line to the standard error.
func printError(_ text: String) {
  #if Distributed
    // What one process of a run remarks, all do.
    if let launch = Launch.current, launch.rank > 0 { return }
  #endif
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
