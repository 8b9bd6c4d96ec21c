import Foundation
import TestSupport
import Testing

/// The program beside the tests that does what a test process must not do to itself.
private let stress = Bundle.main.bundleURL.appending(path: "WeightsStress")

@Suite("Writing without room")
struct FullDiskTests {
  @Test(
    "a file that does not fit leaves the old one and nothing else",
    .enabled(if: FileManager.default.isExecutableFile(atPath: stress.path)))
  func noRoom() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      try Data("old".utf8).write(to: url)
      let child = Process()
      let pipe = Pipe()
      child.executableURL = URL(filePath: "/bin/sh")
      // Files of at most 64 blocks of 512 bytes; the signal would end the process before the error.
      child.arguments = [
        "-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" write \"$1\" 100000", stress.path, url.path,
      ]
      child.standardOutput = pipe
      try child.run()
      let output = String(
        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      child.waitUntilExit()
      #expect(child.terminationStatus == 1)
      #expect(output.contains("cannot write to the file: File too large"), "\(output)")
      #expect(try Data(contentsOf: url) == Data("old".utf8))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.safetensors"])
    }
  }
}
