import Foundation

/// A file that can be fetched, and how to tell that it is the right one.
public struct RemoteFile: Sendable {
  /// Where it lies.
  public let url: URL
  /// Its size, where its publisher states it.
  public let byteCount: Int?
  /// Its checksum, where there is one.
  public let checksum: Checksum?

  /// What a file's digest must begin with.
  public struct Checksum: Sendable {
    /// The function.
    public let algorithm: DigestAlgorithm
    /// All of the digest in hexadecimal digits, or its first ones.
    public let digits: String

    /// A checksum from its digits, which may be only the first.
    public init(_ algorithm: DigestAlgorithm, _ digits: String) {
      self.algorithm = algorithm
      self.digits = digits.lowercased()
    }
  }

  /// A file of that size and checksum.
  public init(_ url: URL, byteCount: Int? = nil, checksum: Checksum? = nil) {
    self.url = url
    self.byteCount = byteCount
    self.checksum = checksum
  }

  /// The name that the file keeps on disk.
  public var name: String { url.lastPathComponent }
}
