/// A checksum of a stream of bytes that tells whether a file is the one that was meant.
public struct MessageDigest {
  /// The functions that publishers of weights and data sets state their files' checksums in.
  public enum Algorithm: String, Sendable {
    case md5 = "MD5"
    case sha256 = "SHA-256"
  }

  /// Which function it is.
  public let algorithm: Algorithm
  private var state: [UInt32]
  /// What does not fill a block yet.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// The digest of nothing so far.
  public init(_ algorithm: Algorithm) {
    self.algorithm = algorithm
    state = algorithm == .md5 ? MD5.start : SHA256.start
  }

  /// Takes more bytes in.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var position = 0
    if !rest.isEmpty {
      position = min(64 - rest.count, bytes.count)
      rest += bytes[..<position]
      guard rest.count == 64 else { return }
      let block = rest
      rest.removeAll(keepingCapacity: true)
      block.withUnsafeBytes { compress($0) }
    }
    let whole = position + (bytes.count - position) / 64 * 64
    compress(UnsafeRawBufferPointer(rebasing: bytes[position..<whole]))
    rest += bytes[whole...]
  }

  /// The digest of all bytes as lower-case hexadecimal digits.
  public func finished() -> String {
    var copy = self
    let bits = byteCount &* 8
    var padding: [UInt8] = [0x80]
    while (Int(byteCount % 64) + padding.count) % 64 != 56 { padding.append(0) }
    let length = algorithm == .md5 ? bits.littleEndian : bits.bigEndian
    withUnsafeBytes(of: length) { padding += $0 }
    padding.withUnsafeBytes { copy.update($0) }
    return copy.state.map { word in
      let text = String(algorithm == .md5 ? word.byteSwapped : word, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }

  /// - Parameter blocks: a multiple of 64 bytes.
  private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
    switch algorithm {
    case .md5: MD5.compress(blocks, into: &state)
    case .sha256: SHA256.compress(blocks, into: &state)
    }
  }
}

/// The digits after the point of `root`, 32 bits of them.
func fraction(_ root: Double) -> UInt32 {
  UInt32(truncatingIfNeeded: UInt64(root.truncatingRemainder(dividingBy: 1) * 4_294_967_296))
}

extension UInt32 {
  @inline(__always)
  func rotatedLeft(_ count: UInt32) -> UInt32 { self << count | self >> (32 - count) }
}
