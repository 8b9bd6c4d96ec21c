import Downloads
import Foundation
import TestSupport
import Testing

@Suite("Archives")
struct UnpackingTests {
  /// A tar file of texts under their paths.
  private func archive(_ files: [String: String], in folder: URL) throws -> [UInt8] {
    let source = folder.appending(path: UUID().uuidString)
    for (path, text) in files {
      let file = source.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let target = folder.appending(path: "\(UUID().uuidString).tar")
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-cf", target.path, "-C", source.path, "VOCdevkit"]
    try tar.run()
    tar.waitUntilExit()
    return Array(try Data(contentsOf: target))
  }

  private func digest(_ bytes: [UInt8]) -> String { DigestAlgorithm.md5.digest(of: bytes) }

  @Test func partsOfADataSetBecomeOneFolder() throws {
    try withTemporaryFolder { folder in
      let parts = try [
        archive(
          [
            "VOCdevkit/VOC2007/JPEGImages/1.jpg": "one",
            "VOCdevkit/VOC2007/ImageSets/Main/trainval.txt": "1",
          ], in: folder),
        archive(
          [
            "VOCdevkit/VOC2007/JPEGImages/2.jpg": "two",
            "VOCdevkit/VOC2007/ImageSets/Main/test.txt": "2",
          ], in: folder),
      ]
      let server = try LocalServer { request, _ in
        soundAnswer(parts[request.path == "0.tar" ? 0 : 1], request)
      }
      defer { server.stop() }
      let target = folder.appending(path: "cache")
      for (number, list) in ["trainval", "test"].enumerated() {
        let resource = Resource(
          name: "part\(number)", summary: "",
          file: RemoteFile(
            server.url("\(number).tar"), checksum: .init(.md5, digest(parts[number]))),
          unpackedMark: "VOC2007/ImageSets/Main/\(list).txt")
        #expect(try resource.fetch(into: target).lastPathComponent == "VOC2007")
        // It is there now.
        _ = try resource.fetch(into: target)
        #expect(server.requests.count == number + 1)
      }
      for path in [
        "JPEGImages/1.jpg", "JPEGImages/2.jpg", "ImageSets/Main/trainval.txt",
        "ImageSets/Main/test.txt",
      ] {
        #expect(
          FileManager.default.fileExists(atPath: target.appending(path: "VOC2007/\(path)").path))
      }
      // Neither archives nor anything half done stay behind.
      #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["VOC2007"])
    }
  }

  @Test func whatIsNoArchiveIsSaid() throws {
    try withTemporaryFolder { folder in
      let server = try LocalServer { request, _ in soundAnswer([1, 2, 3], request) }
      defer { server.stop() }
      let resource = Resource(
        name: "broken", summary: "", file: RemoteFile(server.url("broken.tar")),
        unpackedMark: "VOC2007/ImageSets/Main/test.txt")
      let error = #expect(throws: DownloadError.self) { try resource.fetch(into: folder) }
      #expect(error?.description.contains("tar could not unpack") == true)
    }
  }
}
