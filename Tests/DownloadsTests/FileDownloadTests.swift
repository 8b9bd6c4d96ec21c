import Downloads
import Foundation
import TestSupport
import Testing

@Suite("Downloads")
struct FileDownloadTests {
  private let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 31 / 7) }

  private var sha256: String { DigestAlgorithm.sha256.digest(of: content) }

  /// Downloads from a server that gives those answers.
  private func fetch(
    byteCount: Int? = nil, checksum: String? = nil, partial: [UInt8]? = nil,
    _ answer: @escaping @Sendable (LocalServer.Request, Int) -> [UInt8],
    then check: (Result<[UInt8], DownloadError>, [LocalServer.Request], FileDownload) throws -> Void
  ) throws {
    let server = try LocalServer(answer)
    defer { server.stop() }
    try withTemporaryFolder { folder in
      var download = FileDownload(
        RemoteFile(
          server.url("file.bin"), byteCount: byteCount,
          checksum: .init(.sha256, checksum ?? String(sha256.prefix(8)))),
        into: folder.appending(path: "new"))
      download.pause = 0
      if let partial {
        try FileManager.default.createDirectory(
          at: download.folder, withIntermediateDirectories: true)
        try Data(partial).write(to: download.partial)
      }
      let result: Result<[UInt8], DownloadError>
      do {
        result = .success(Array(try Data(contentsOf: download.run())))
      } catch let error as DownloadError { result = .failure(error) }
      try check(result, server.requests, download)
    }
  }

  private func problem(_ result: Result<[UInt8], DownloadError>) -> DownloadError.Problem? {
    if case .failure(let error) = result { error.problem } else { nil }
  }

  @Test func aFileArrivesWholeAndIsNotFetchedTwice() throws {
    let content = content
    try fetch({ request, _ in soundAnswer(content, request) }) { result, requests, download in
      #expect((try? result.get()) == content)
      #expect(requests.count == 1)
      #expect(!FileManager.default.fileExists(atPath: download.partial.path))
      try download.run()
    }
  }

  @Test func anInterruptedFileIsContinued() throws {
    let content = content
    try fetch(
      partial: Array(content[..<100_000]), { request, _ in soundAnswer(content, request) }
    ) { result, requests, _ in
      #expect((try? result.get()) == content)
      #expect(requests.map(\.offset) == [100_000])
    }
  }

  @Test func aConnectionThatBreaksOffIsContinued() throws {
    let content = content
    try fetch({ request, before in
      let whole = soundAnswer(content, request)
      return before < 2 ? Array(whole.prefix(whole.count / 2)) : whole
    }) { result, requests, _ in
      #expect((try? result.get()) == content)
      #expect(requests.count == 3)
      #expect(requests[1].offset ?? 0 > 0)
    }
  }

  @Test func aConnectionThatAlwaysBreaksOffIsAnError() throws {
    try fetch({ _, _ in answer("200 OK", ["Content-Length: 1000"], [1, 2, 3]) }) {
      result, requests, download in
      #expect(requests.count == 3)
      #expect(problem(result) != nil)
      #expect(!FileManager.default.fileExists(atPath: download.target.path))
    }
  }

  @Test func aServerWithoutRangesBeginsAnew() throws {
    let content = content
    try fetch(
      partial: [9, 9, 9],
      { request, _ in soundAnswer(content, LocalServer.Request(path: request.path)) }
    ) { result, _, _ in #expect((try? result.get()) == content) }
  }

  @Test func aServerThatSendsAnotherPartIsNotBelieved() throws {
    let content = content
    try fetch(
      partial: Array(content[..<1000]),
      { request, before in
        var wrong = request
        if before == 0 { wrong.offset = 500 }
        return soundAnswer(content, wrong)
      }
    ) { result, _, _ in #expect((try? result.get()) == content) }
  }

  @Test func theRestOfAFileThatHasChangedIsNotUsed() throws {
    let content = content
    try fetch(
      partial: [UInt8](repeating: 7, count: 1000), { request, _ in soundAnswer(content, request) }
    ) { result, requests, _ in
      #expect((try? result.get()) == content)
      #expect(requests.map(\.offset) == [1000, nil])
    }
  }

  @Test func aRedirectionIsFollowed() throws {
    let content = content
    try fetch({ request, _ in
      request.path == "file.bin"
        ? answer("302 Found", ["Location: /elsewhere", "Content-Length: 0"])
        : soundAnswer(content, request)
    }) { result, requests, _ in
      #expect((try? result.get()) == content)
      #expect(requests.map(\.path) == ["file.bin", "elsewhere"])
    }
  }

  @Test func aMissingFileIsNotAskedForAgain() throws {
    try fetch({ _, _ in answer("404 Not Found", ["Content-Length: 0"]) }) { result, requests, _ in
      #expect(problem(result) == .status(404))
      #expect(requests.count == 1)
    }
  }

  @Test func aServersTroubleIsWaitedOut() throws {
    let content = content
    try fetch({ request, before in
      before < 2
        ? answer("500 Internal Server Error", ["Content-Length: 0"])
        : soundAnswer(content, request)
    }) { result, _, _ in #expect((try? result.get()) == content) }
    try fetch({ _, _ in answer("503 Service Unavailable", ["Content-Length: 0"]) }) {
      result, requests, _ in
      #expect(problem(result) == .status(503))
      #expect(requests.count == 3)
    }
  }

  @Test func aWebPageIsNoFile() throws {
    let page = Array("<html>sign in</html>".utf8)
    try fetch({ _, _ in
      answer("200 OK", ["Content-Type: text/html", "Content-Length: \(page.count)"], page)
    }) { result, _, download in
      #expect(problem(result) == .webPage)
      #expect(!FileManager.default.fileExists(atPath: download.target.path))
    }
  }

  @Test func wrongBytesAreRemoved() throws {
    let content = content
    try fetch(checksum: "00000000", { request, _ in soundAnswer(content, request) }) {
      result, _, download in
      #expect(
        problem(result) == .checksum(expected: "00000000", found: String(sha256.prefix(8))))
      #expect(!FileManager.default.fileExists(atPath: download.target.path))
      #expect(!FileManager.default.fileExists(atPath: download.partial.path))
    }
  }

  @Test func anotherSizeThanPublishedIsSaid() throws {
    let content = content
    try fetch(byteCount: 299_999, { request, _ in soundAnswer(content, request) }) {
      result, _, download in
      #expect(problem(result) == .size(expected: 299_999, found: 300_000))
      #expect(!FileManager.default.fileExists(atPath: download.target.path))
    }
  }

  @Test func theCacheFollowsTheUsersSetting() {
    #expect(
      Resource.cacheFolder(environment: ["XDG_CACHE_HOME": "/there"]).path == "/there/swift-ssd")
    #expect(Resource.cacheFolder(environment: [:]).path.hasSuffix("/.cache/swift-ssd"))
  }
}
