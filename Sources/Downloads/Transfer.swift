import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request whose answer is written to a file as it comes.
final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
  struct State {
    var offset: Int
    var expected: Int?
    var failure: DownloadError.Problem?
  }

  private let url: URL
  private let file: FileHandle
  private let path: String
  private let expectedCount: Int?
  private let state: Mutex<State>
  private let progress: @Sendable (_ done: Int, _ total: Int?) -> Bool
  private let finished = DispatchSemaphore(value: 0)

  private init(
    _ url: URL, to file: FileHandle, path: String, offset: Int, expectedCount: Int?,
    progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Bool
  ) {
    self.url = url
    self.file = file
    self.path = path
    self.expectedCount = expectedCount
    self.progress = progress
    state = Mutex(State(offset: offset))
  }

  /// Appends to the file at `path` what is missing.
  ///
  /// - Parameter progress: is told bytes done and in all; false stops the transfer.
  static func run(
    _ url: URL, path: String, expectedCount: Int?,
    progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Bool
  ) throws {
    if !FileManager.default.fileExists(atPath: path),
      !FileManager.default.createFile(atPath: path, contents: nil)
    {
      throw DownloadError(url, .disk(path: path, reason: String(cString: strerror(errno))))
    }
    let file: FileHandle
    let offset: Int
    do {
      file = try FileHandle(forUpdating: URL(filePath: path))
      offset = Int(try file.seekToEnd())
    } catch { throw DownloadError(url, .disk(path: path, reason: "\(error)")) }
    defer { try? file.close() }

    let transfer = Transfer(
      url, to: file, path: path, offset: offset, expectedCount: expectedCount, progress: progress)
    var request = URLRequest(url: url, timeoutInterval: 60)
    // A compressed answer would have other lengths and ranges.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
    let session = URLSession(configuration: .ephemeral, delegate: transfer, delegateQueue: nil)
    session.dataTask(with: request).resume()
    transfer.finished.wait()
    session.invalidateAndCancel()
    if let failure = transfer.state.withLock({ $0.failure }) { throw DownloadError(url, failure) }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let problem = state.withLock { state in
      state.failure = accept(response, &state)
      return state.failure
    }
    completionHandler(problem == nil ? .allow : .cancel)
  }

  /// What is wrong with an answer; finds out where its bytes belong.
  private func accept(_ response: URLResponse, _ state: inout State) -> DownloadError.Problem? {
    guard let response = response as? HTTPURLResponse else {
      return .connection("the answer is not HTTP")
    }
    let length = response.value(forHTTPHeaderField: "Content-Length").flatMap { Int($0) }
    switch response.statusCode {
    case 206:
      // "bytes 100-199/200"
      let range = response.value(forHTTPHeaderField: "Content-Range") ?? ""
      let start = range.drop { !$0.isNumber }.prefix { $0.isNumber }
      guard Int(start) == state.offset else {
        return restart(&state) ?? .connection("the server sent another part than was asked for")
      }
      state.expected =
        Int(range.drop { $0 != "/" }.dropFirst()) ?? length.map { $0 + state.offset }
    case 200:
      if response.mimeType == "text/html" { return .webPage }
      // The server knows no ranges and begins anew.
      if let problem = restart(&state) { return problem }
      state.expected = length
    case 416:
      return restart(&state) ?? .status(416)
    case let code: return .status(code)
    }
    if let expectedCount, let announced = state.expected, announced != expectedCount {
      return restart(&state) ?? .size(expected: expectedCount, found: announced)
    }
    return nil
  }

  private func restart(_ state: inout State) -> DownloadError.Problem? {
    do {
      try file.truncate(atOffset: 0)
      try file.seek(toOffset: 0)
      state.offset = 0
      return nil
    } catch { return .disk(path: path, reason: "\(error)") }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let goesOn = state.withLock { state in
      guard state.failure == nil else { return false }
      do {
        try file.write(contentsOf: data)
      } catch {
        state.failure = .disk(path: path, reason: "\(error)")
        return false
      }
      state.offset += data.count
      if !progress(state.offset, state.expected) {
        state.failure = .cancelled
        return false
      }
      return true
    }
    if !goesOn { dataTask.cancel() }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    state.withLock { state in
      if state.failure == nil {
        if let error {
          state.failure = .connection(error.localizedDescription)
        } else if let expected = state.expected, state.offset != expected {
          state.failure = .size(expected: expected, found: state.offset)
        }
      }
    }
    finished.signal()
  }
}
