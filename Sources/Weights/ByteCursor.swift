/// Reads numbers and strings one after the other, and never beyond the end.
struct ByteCursor {
  struct EndReached: Error {
    var offset: Int
    var needed: UInt64
    var available: Int
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  let end: Int

  /// - Precondition: `range` lies within `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  init(_ bytes: UnsafeRawBufferPointer) { self.init(bytes, 0..<bytes.count) }

  var remaining: Int { end - position }

  /// Steps over `count` bytes and says where they lie.
  mutating func skip(_ count: UInt64) throws -> Range<Int> {
    guard count <= UInt64(remaining) else {
      throw EndReached(offset: position, needed: count, available: remaining)
    }
    let start = position
    position += Int(count)
    return start..<position
  }

  /// The next little-endian number.
  mutating func next<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) throws -> Number {
    let range = try skip(UInt64(MemoryLayout<Number>.size))
    return Number(
      littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
  }

  /// The bytes up to a line feed, which is stepped over; nil when there is none within `limit`.
  mutating func line(limit: Int) -> UnsafeRawBufferPointer? {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[position..<min(end, position + limit)])
    guard let length = rest.firstIndex(of: 10) else { return nil }
    position += length + 1
    return UnsafeRawBufferPointer(rebasing: rest[..<length])
  }
}
