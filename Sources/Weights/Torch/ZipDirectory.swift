/// The table of contents of a zip archive whose entries are stored as they are.
///
/// Format: PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16. Entries that are compressed or
/// encrypted, and archives in several volumes, are refused when they are asked for.
struct ZipDirectory {
  struct Entry {
    /// Where the local header lies.
    var header: UInt64
    var count: UInt64
    var checksum: UInt32
    /// Why the entry cannot be read, or nil.
    var obstacle: String?
  }

  private let bytes: UnsafeRawBufferPointer
  private(set) var entries: [String: Entry] = [:]
  private(set) var names: [String] = []

  /// Finds and reads the directory.
  ///
  /// - Throws: ``WeightFileError/Problem`` wrapped by the caller, `ByteCursor.EndReached` or
  ///   `AllocationBudget.Exceeded`.
  init(_ bytes: UnsafeRawBufferPointer, budget: AllocationBudget) throws {
    self.bytes = bytes
    let (range, count) = try Self.locate(bytes)
    var cursor = ByteCursor(bytes, range)
    for _ in 0..<count {
      let (name, entry) = try Self.entry(&cursor)
      try budget.charge(AllocationBudget.nodeCost + 6 * name.utf8.count)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw Failure(what: "the archive holds `\(name)` twice")
      }
      names.append(name)
    }
  }

  struct Failure: Error {
    var what: String
  }

  /// Where an entry's bytes lie.
  func range(of entry: Entry, named name: String) throws -> Range<Int> {
    if let obstacle = entry.obstacle { throw Failure(what: "the entry `\(name)` \(obstacle)") }
    guard let header = Int(exactly: entry.header), header < bytes.count else {
      throw Failure(
        what: "the entry `\(name)` begins at byte \(entry.header) of \(bytes.count)")
    }
    var cursor = ByteCursor(bytes, header..<bytes.count)
    guard try cursor.next(UInt32.self) == 0x0403_4B50 else {
      throw Failure(what: "the entry `\(name)` has no header at byte \(header)")
    }
    _ = try cursor.skip(22)
    let nameCount = try cursor.next(UInt16.self)
    let extraCount = try cursor.next(UInt16.self)
    let localName = try cursor.skip(UInt64(nameCount))
    guard bytes[localName].elementsEqual(name.utf8) else {
      throw Failure(what: "the entry `\(name)` has another name in its own header")
    }
    _ = try cursor.skip(UInt64(extraCount))
    return try cursor.skip(entry.count)
  }

  /// Finds the central directory from the record at the archive's end.
  private static func locate(
    _ bytes: UnsafeRawBufferPointer
  ) throws -> (range: Range<Int>, count: UInt64) {
    let recordCount = 22
    guard bytes.count >= recordCount else { throw missingEnd }
    // A comment of up to 65,535 bytes may follow the record.
    var position = bytes.count - recordCount
    let first = max(0, position - Int(UInt16.max))
    while true {
      if bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self).littleEndian == 0x0605_4B50
      {
        let comment = bytes.loadUnaligned(fromByteOffset: position + 20, as: UInt16.self)
        if position + recordCount + Int(UInt16(littleEndian: comment)) == bytes.count { break }
      }
      guard position > first else { throw missingEnd }
      position -= 1
    }
    var cursor = ByteCursor(bytes, position + 4..<bytes.count)
    let disk = try cursor.next(UInt16.self)
    let directoryDisk = try cursor.next(UInt16.self)
    _ = try cursor.next(UInt16.self)
    var count = UInt64(try cursor.next(UInt16.self))
    var size = UInt64(try cursor.next(UInt32.self))
    var offset = UInt64(try cursor.next(UInt32.self))
    var end = position
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      guard position >= 20 else { throw missingEnd }
      var locator = ByteCursor(bytes, position - 20..<position)
      if try locator.next(UInt32.self) == 0x0706_4B50 {
        _ = try locator.next(UInt32.self)
        let start = try locator.next(UInt64.self)
        guard let start = Int(exactly: start), start < position else {
          throw Failure(what: "the zip64 record begins at byte \(start) of \(position)")
        }
        var record = ByteCursor(bytes, start..<position)
        guard try record.next(UInt32.self) == 0x0606_4B50 else {
          throw Failure(what: "there is no zip64 record at byte \(start)")
        }
        _ = try record.skip(8 + 2 + 2 + 4 + 4 + 8)
        count = try record.next()
        size = try record.next()
        offset = try record.next()
        end = start
      }
    } else if disk != 0 || directoryDisk != 0 {
      throw Failure(what: "the archive is one volume of several")
    }
    guard let start = Int(exactly: offset), let length = Int(exactly: size), start <= end,
      length <= end - start
    else {
      throw Failure(
        what: "the archive's directory of \(size) bytes begins at byte \(offset) of \(end)")
    }
    // An entry takes at least 46 bytes.
    guard count <= UInt64(length / 46) else {
      throw Failure(what: "\(count) entries in a directory of \(length) bytes")
    }
    return (start..<start + length, count)
  }

  private static let missingEnd = Failure(
    what: "the zip archive has no end record; the file is cut off or damaged")

  private static func entry(_ cursor: inout ByteCursor) throws -> (name: String, entry: Entry) {
    guard try cursor.next(UInt32.self) == 0x0201_4B50 else {
      throw Failure(what: "the archive's directory is damaged at byte \(cursor.position)")
    }
    _ = try cursor.skip(4)
    let flags = try cursor.next(UInt16.self)
    let method = try cursor.next(UInt16.self)
    _ = try cursor.skip(4)
    let checksum = try cursor.next(UInt32.self)
    let packedCount = try cursor.next(UInt32.self)
    let unpackedCount = try cursor.next(UInt32.self)
    let nameCount = try cursor.next(UInt16.self)
    let extraCount = try cursor.next(UInt16.self)
    let commentCount = try cursor.next(UInt16.self)
    _ = try cursor.skip(8)
    let header = try cursor.next(UInt32.self)
    let nameRange = try cursor.skip(UInt64(nameCount))
    let extra = try cursor.skip(UInt64(extraCount))
    _ = try cursor.skip(UInt64(commentCount))
    guard let name = String(validating: cursor.bytes[nameRange], as: UTF8.self) else {
      throw Failure(what: "the archive has an entry whose name is not UTF-8")
    }
    var entry = Entry(
      header: UInt64(header), count: UInt64(unpackedCount), checksum: checksum, obstacle: nil)
    var packed = UInt64(packedCount)
    try readZip64(ByteCursor(cursor.bytes, extra), into: &entry, packed: &packed)
    if flags & 1 != 0 {
      entry.obstacle = "is encrypted"
    } else if method != 0 {
      entry.obstacle = "is compressed (method \(method)); torch stores entries as they are"
    } else if packed != entry.count {
      entry.obstacle = "has \(packed) bytes packed and \(entry.count) unpacked"
    }
    return (name, entry)
  }

  /// Replaces the numbers that did not fit 32 bits by those of the zip64 field.
  private static func readZip64(
    _ extra: ByteCursor, into entry: inout Entry, packed: inout UInt64
  ) throws {
    var extra = extra
    while extra.remaining >= 4 {
      let identifier = try extra.next(UInt16.self)
      let field = try extra.skip(UInt64(try extra.next(UInt16.self)))
      guard identifier == 1 else { continue }
      var numbers = ByteCursor(extra.bytes, field)
      if entry.count == 0xFFFF_FFFF { entry.count = try numbers.next() }
      if packed == 0xFFFF_FFFF { packed = try numbers.next() }
      if entry.header == 0xFFFF_FFFF { entry.header = try numbers.next() }
    }
  }
}
