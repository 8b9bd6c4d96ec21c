import Downloads
import Testing

@Suite("Checksums")
struct MessageDigestTests {
  private func digest(_ algorithm: MessageDigest.Algorithm, _ bytes: [UInt8], pieces: Int) -> String
  {
    var digest = MessageDigest(algorithm)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { digest.update($0) }
    }
    return digest.finished()
  }

  /// Expected values: the appendix of RFC 1321.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ]) func md5(text: String, expected: String) {
    for pieces in [1, 7, 64, 100] {
      #expect(digest(.md5, Array(text.utf8), pieces: pieces) == expected)
    }
  }

  /// Expected values: the examples of FIPS 180-4.
  @Test(arguments: [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ]) func sha256(text: String, expected: String) {
    for pieces in [1, 7, 64, 100] {
      #expect(digest(.sha256, Array(text.utf8), pieces: pieces) == expected)
    }
  }
}
