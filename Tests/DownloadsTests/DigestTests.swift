import Downloads
import Foundation
import TestSupport
import Testing

@Suite
struct DigestTests {
  /// Expected values: the appendix of RFC 1321.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ]) func `MD5 gives the digests of RFC 1321`(text: String, expected: String) {
    #expect(DigestAlgorithm.md5.digest(of: Data(text.utf8)) == expected)
  }

  /// Expected values: the examples of FIPS 180-4.
  @Test(arguments: [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ]) func `SHA-256 gives the digests of FIPS 180-4`(text: String, expected: String) {
    #expect(DigestAlgorithm.sha256.digest(of: Data(text.utf8)) == expected)
  }

  /// Expected values: md5sum and sha256sum.
  @Test func `a file of more than a mebibyte is read to its end`() throws {
    let bytes = Data((0...1 << 20).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 8) })
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      try bytes.write(to: file)
      #expect(
        try DigestAlgorithm.md5.digest(ofFileAt: file) == "1ae71cae51e4a8fae584a09b615f6c49")
      #expect(
        try DigestAlgorithm.sha256.digest(ofFileAt: file)
          == "d2cdfd9e053a4ab3183fa857d537c6041a10b87b960d4a428cdf7c4122c16d55")
    }
  }
}
