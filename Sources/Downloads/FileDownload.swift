import Foundation

/// Fetches a file: goes on where an earlier attempt stopped, and only gives the file its name when it
/// is known to be the right one.
public struct FileDownload: Sendable {
  /// What to fetch.
  public let file: RemoteFile
  /// Where it goes.
  public let folder: URL
  /// How often to go on after a failure that may pass.
  public var attempts = 3
  /// What to wait for before another attempt, in seconds.
  public var pause = 1.0

  /// A download into a folder, which is made if need be.
  public init(_ file: RemoteFile, into folder: URL) {
    self.file = file
    self.folder = folder
  }

  /// The file, once it is there.
  public var target: URL { folder.appending(path: file.name) }
  /// What has come of it so far.
  public var partial: URL { folder.appending(path: file.name + ".part") }

  /// Fetches the file unless it is there.
  ///
  /// - Parameter progress: is told bytes done and in all, as far as known; false stops the download.
  /// - Returns: where the file lies.
  /// - Throws: ``DownloadError``.
  @discardableResult
  public func run(
    progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Bool = { _, _ in true }
  ) throws -> URL {
    let files = FileManager.default
    if files.fileExists(atPath: target.path) { return target }
    do {
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch { throw DownloadError(file.url, .disk(path: folder.path, reason: "\(error)")) }

    let goesOn = files.fileExists(atPath: partial.path)
    if try !isWhole(partial) { try transfer(progress) }
    do {
      try check(partial)
    } catch  where goesOn {
      // What an earlier attempt left may have been of another version of the file.
      try transfer(progress)
      try check(partial)
    }
    do {
      try files.moveItem(at: partial, to: target)
    } catch { throw DownloadError(file.url, .disk(path: target.path, reason: "\(error)")) }
    return target
  }

  private func transfer(_ progress: @escaping @Sendable (Int, Int?) -> Bool) throws {
    var attempt = 1
    while true {
      do {
        return try Transfer.run(
          file.url, path: partial.path, expectedCount: file.byteCount, progress: progress)
      } catch let error as DownloadError {
        guard error.isPassing, attempt < attempts else { throw error }
        attempt += 1
        Thread.sleep(forTimeInterval: pause)
      }
    }
  }

  /// Whether an earlier attempt fetched everything and was stopped before the check.
  private func isWhole(_ url: URL) throws -> Bool {
    guard FileManager.default.fileExists(atPath: url.path) else { return false }
    guard let found = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize, found > 0,
      file.byteCount == nil || found >= file.byteCount ?? 0, let checksum = file.checksum
    else { return false }
    let isRight = try digest(of: url, checksum.algorithm).hasPrefix(checksum.digits)
    if !isRight, file.byteCount != nil { try? FileManager.default.removeItem(at: url) }
    return isRight
  }

  /// Compares size and checksum; a wrong file is removed.
  private func check(_ url: URL) throws {
    let found = (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    if let expected = file.byteCount, found != expected {
      try? FileManager.default.removeItem(at: url)
      throw DownloadError(file.url, .size(expected: expected, found: found))
    }
    guard let checksum = file.checksum else { return }
    let digest = try digest(of: url, checksum.algorithm)
    guard digest.hasPrefix(checksum.digits) else {
      try? FileManager.default.removeItem(at: url)
      throw DownloadError(
        file.url,
        .checksum(
          expected: checksum.digits, found: String(digest.prefix(checksum.digits.count))))
    }
  }

  private func digest(of url: URL, _ algorithm: DigestAlgorithm) throws -> String {
    do {
      return try algorithm.digest(ofFileAt: url)
    } catch { throw DownloadError(file.url, .disk(path: url.path, reason: "\(error)")) }
  }
}
