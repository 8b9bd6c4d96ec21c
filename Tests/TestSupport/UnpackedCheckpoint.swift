import Foundation

/// Unpacks a checkpoint of the fixtures into a temporary folder for the time of `body`.
///
/// - Parameter name: the file's name without `.gz.gz`: weights that repeat themselves become small the second time.
public func withUnpackedCheckpoint<Result>(
  _ name: String, _ body: (URL) throws -> Result
) throws -> Result {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: name)
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let gunzip = Process()
    gunzip.executableURL = URL(filePath: "/bin/sh")
    gunzip.arguments = [
      "-c", #"gunzip -c "$0" | gunzip -c"#, Fixtures.url("checkpoints/\(name).gz.gz").path,
    ]
    gunzip.standardOutput = try FileHandle(forWritingTo: url)
    try gunzip.run()
    gunzip.waitUntilExit()
    guard gunzip.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return try body(url)
  }
}
