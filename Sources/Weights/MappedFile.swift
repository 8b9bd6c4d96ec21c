import Foundation

/// A file's bytes, mapped into memory: only what is read is loaded.
///
/// The mapping lives as long as the object. A file that another program shortens while it is mapped
/// ends this one (as with every memory-mapped reader); replacing it by renaming is harmless.
public final class MappedFile: Sendable {
  /// The file it was opened from.
  public let url: URL
  /// The file's bytes. Valid as long as the object lives.
  public nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps a regular file.
  /// - Throws: ``WeightFileError`` when it cannot be opened, is a folder or a device.
  public init(contentsOf url: URL) throws {
    self.url = url
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw WeightFileError(url, .system(action: "open the file", reason: systemReason()))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw WeightFileError(url, .system(action: "examine the file", reason: systemReason()))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw WeightFileError(url, .system(action: "open the file", reason: "it is not a file"))
    }
    let count = Int(status.st_size)
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else {
      throw WeightFileError(url, .system(action: "map the file", reason: systemReason()))
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  /// A file that is in memory already, for tests.
  package init(_ contents: [UInt8], url: URL) {
    self.url = url
    guard !contents.isEmpty,
      let start = mmap(
        nil, contents.count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    UnsafeMutableRawBufferPointer(start: start, count: contents.count).copyBytes(from: contents)
    bytes = UnsafeRawBufferPointer(start: start, count: contents.count)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// How many bytes the file has.
  public var count: Int { bytes.count }

  /// A tensor whose elements lie in the file, row-major; they are read later.
  func tensor(shape: [Int], scalarType: ScalarType, at range: Range<Int>) -> StoredTensor {
    StoredTensor(shape: shape, scalarType: scalarType) { body in
      try withExtendedLifetime(self) {
        try UnsafeRawBufferPointer(rebasing: self.bytes[range])
          .withAlignment(for: scalarType, body)
      }
    }
  }
}
