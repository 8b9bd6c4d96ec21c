import Foundation

/// The system's function, which a method of that name would hide.
private let writeBytes: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = { write($0, $1, $2) }

/// A file that appears whole or not at all, even if the machine stops.
///
/// Bytes go to a temporary file in the destination's folder; ``commit()`` forces them onto the disk
/// and gives the file its name. Without it, the temporary file is removed and an older file of that
/// name stays as it is. A device or a pipe is no file that could be replaced: it gets the bytes at once.
public final class AtomicFile {
  private let destination: URL
  /// nil for a device or a pipe.
  private let temporary: URL?
  private var descriptor: Int32
  private static let suffix = ".partial"

  /// Begins a file that will replace `url`.
  /// - Throws: ``WeightFileError`` when the folder does not exist or cannot be written to.
  public init(replacing url: URL) throws {
    var status = stat()
    if stat(url.path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      destination = url
      temporary = nil
      descriptor = open(url.path, O_WRONLY | O_CLOEXEC)
    } else {
      destination = url.resolvingSymlinksInPath()
      // Names have at most 255 bytes, and the destination's may have them all.
      let temporary = destination.deletingLastPathComponent()
        .appending(path: ".\(UUID().uuidString)\(Self.suffix)")
      self.temporary = temporary
      descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else {
      throw WeightFileError(destination, .system(action: "create the file", reason: systemReason()))
    }
  }

  /// Removes what files left behind in a folder when their process was killed.
  ///
  /// Only for a folder in which nobody else writes at the time.
  public static func removeUnfinished(in folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(suffix) {
      unlink(folder.appending(path: name).path)
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if let temporary { unlink(temporary.path) }
    }
  }

  /// Writes a whole file.
  /// - Throws: ``WeightFileError``; the file appears whole or not at all.
  public static func write(_ data: Data, to url: URL) throws {
    let file = try AtomicFile(replacing: url)
    try data.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// Appends bytes.
  /// - Throws: ``WeightFileError``, for example when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = writeBytes(descriptor, rest.baseAddress, min(rest.count, 1 << 24))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure("write to the file") }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Makes the file durable and gives it its name.
  public func commit() throws {
    guard temporary == nil || fsync(descriptor) == 0 else { throw failure("write to the file") }
    let closed = close(descriptor)
    descriptor = -1
    guard let temporary else {
      if closed != 0 { throw failure("write to the file") }
      return
    }
    guard closed == 0, rename(temporary.path, destination.path) == 0 else {
      let error = failure("write to the file")
      unlink(temporary.path)
      throw error
    }
    let folder = open(
      destination.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    // Some file systems cannot synchronise a folder; the file itself is safe by then.
    fsync(folder)
    close(folder)
  }

  private func failure(_ action: String) -> WeightFileError {
    WeightFileError(destination, .system(action: action, reason: systemReason()))
  }
}
