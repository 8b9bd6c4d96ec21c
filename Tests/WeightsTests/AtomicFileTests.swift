import Foundation
import TestSupport
import Testing
import Weights

@Suite("Files that appear whole or not at all")
struct AtomicFileTests {
  @Test func aPipeGetsTheBytesAndStaysOne() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appending(path: "pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      let reader = open(pipe.path, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      try AtomicFile.write(Data("figures".utf8), to: pipe)
      var bytes = [UInt8](repeating: 0, count: 100)
      let count = read(reader, &bytes, bytes.count)
      #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "figures")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pipe"])
    }
  }

  @Test func aLinkLeadsToTheFileThatIsReplaced() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      let link = folder.appending(path: "link")
      try Data("old".utf8).write(to: file)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      try AtomicFile.write(Data("new".utf8), to: link)
      #expect(try Data(contentsOf: file) == Data("new".utf8))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
    }
  }
}
