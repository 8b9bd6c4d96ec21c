import Foundation
import Synchronization

/// A server on the loopback interface that answers every request with bytes that the test chooses.
final class LocalServer: Sendable {
  struct Request: Sendable {
    var path: String
    /// Where the range that was asked for begins.
    var offset: Int?
  }

  let port: UInt16
  private let descriptor: Int32
  private let seen = Mutex<[Request]>([])

  /// All requests so far.
  var requests: [Request] { seen.withLock { $0 } }

  /// - Parameter answer: the whole answer, status line and headers included; the connection is
  ///   closed after it. It is told how many requests came before.
  init(_ answer: @escaping @Sendable (Request, Int) -> [UInt8]) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard descriptor >= 0, bound else { throw POSIXError(.EADDRNOTAVAIL) }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        self?.serve(connection, answer)
        close(connection)
      }
    }
  }

  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  func url(_ path: String) -> URL { URL(string: "http://127.0.0.1:\(port)/\(path)")! }

  private func serve(_ connection: Int32, _ answer: (Request, Int) -> [UInt8]) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      bytes += buffer[..<count]
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    let request = Request(
      path: String(lines[0].split(separator: " ")[1].dropFirst()),
      offset: range.flatMap { Int($0.dropFirst("range: bytes=".count).dropLast()) })
    let before = seen.withLock { seen in
      seen.append(request)
      return seen.count - 1
    }
    let reply = answer(request, before)
    var sent = 0
    while sent < reply.count {
      let count = reply.withUnsafeBytes {
        send(connection, $0.baseAddress! + sent, reply.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
    shutdown(connection, Int32(SHUT_WR))
  }
}

/// Status line, headers and body of an answer.
func answer(_ status: String, _ headers: [String], _ body: [UInt8] = []) -> [UInt8] {
  Array(
    (["HTTP/1.1 \(status)"] + headers + ["Connection: close", "", ""]).joined(separator: "\r\n")
      .utf8) + body
}

/// What a sound server says.
func soundAnswer(_ content: [UInt8], _ request: LocalServer.Request) -> [UInt8] {
  guard let offset = request.offset else {
    return answer("200 OK", ["Content-Length: \(content.count)"], content)
  }
  guard offset < content.count else { return answer("416 Range Not Satisfiable", []) }
  return answer(
    "206 Partial Content",
    [
      "Content-Length: \(content.count - offset)",
      "Content-Range: bytes \(offset)-\(content.count - 1)/\(content.count)",
    ], Array(content[offset...]))
}
