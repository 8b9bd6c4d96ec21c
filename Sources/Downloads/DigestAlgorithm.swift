import Foundation

#if Downloads
  import Crypto
#else
  #error("The module Downloads needs the package's trait Downloads.")
#endif

/// A hash function that publishers of weights and data sets state their files' checksums in.
public enum DigestAlgorithm: String, Sendable {
  /// Broken as a signature, and still what Pascal VOC's archives are known by.
  case md5 = "MD5"
  case sha256 = "SHA-256"

  private func start() -> any HashFunction {
    switch self {
    case .md5: Insecure.MD5()
    case .sha256: SHA256()
    }
  }

  /// The digest of bytes as lower-case hexadecimal digits.
  public func digest(of bytes: some DataProtocol) -> String {
    var function = start()
    function.update(data: bytes)
    return hexadecimal(function.finalize())
  }

  /// The digest of a file's bytes as lower-case hexadecimal digits.
  /// - Throws: what Foundation says when the file cannot be read.
  public func digest(ofFileAt url: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: url)
    defer { try? handle.close() }
    var function = start()
    while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
      function.update(data: data)
    }
    return hexadecimal(function.finalize())
  }
}

private func hexadecimal(_ digest: some Digest) -> String {
  digest.map { String(format: "%02x", $0) }.joined()
}
