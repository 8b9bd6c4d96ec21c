import Foundation

/// The program under test, run as a user runs it.
enum CommandLineTool {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Where the build put the program: beside the test bundle.
  private static let executable: URL = {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/",
      !FileManager.default.isExecutableFile(atPath: folder.appending(path: "ssd").path)
    {
      folder.deleteLastPathComponent()
    }
    return folder.appending(path: "ssd")
  }()

  /// - Parameters:
  ///   - environment: nil for that of the tests.
  ///   - largestFile: in bytes; a larger one fails as it does on a full disk.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String]? = nil,
    largestFile: Int? = nil
  ) throws -> Outcome {
    let process = Process()
    if let environment { process.environment = environment }
    if let largestFile {
      process.executableURL = URL(filePath: "/bin/sh")
      // In blocks of 512 bytes; the signal would end the process before the error.
      process.arguments =
        ["-c", "trap '' XFSZ; ulimit -f \(largestFile / 512); exec \"$0\" \"$@\"", executable.path]
        + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    if let folder { process.currentDirectoryURL = folder }
    process.standardInput = FileHandle.nullDevice
    // Files instead of pipes: a full pipe would stop the program.
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let files = ["output", "errors"].map { scratch.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
