/// The parts of a checkpoint: the pickle's graph, and where the storages lie.
struct TorchContents {
  struct Block {
    var range: Range<Int>
    /// The CRC-32 of the bytes, where the container has one.
    var checksum: UInt32?
  }

  let graph: PickleGraph
  let root: PickleValue
  private let directory: ZipDirectory?
  private var prefix = ""
  private var blocks: [String: Block] = [:]

  /// Where a storage lies, or nil when it is missing.
  func block(_ key: String) throws -> Block? {
    guard let directory else { return blocks[key] }
    let name = "\(prefix)data/\(key)"
    guard let entry = directory.entries[name] else { return nil }
    return Block(
      range: try directory.range(of: entry, named: name),
      // PyTorch can be told to leave checksums out; it then writes 0.
      checksum: entry.checksum == 0 ? nil : entry.checksum)
  }

  /// A zip archive: `NAME/data.pkl`, `NAME/byteorder`, `NAME/data/KEY`.
  init(zip bytes: UnsafeRawBufferPointer, budget: AllocationBudget) throws {
    let directory = try ZipDirectory(bytes, budget: budget)
    let pickles = directory.names.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1 else {
      throw ZipDirectory.Failure(
        what: "the zip archive holds \(pickles.count) pickles `data.pkl` instead of one")
    }
    prefix = String(pickles[0].dropLast("data.pkl".count))
    func contents(_ name: String) throws -> Range<Int>? {
      guard let entry = directory.entries[name] else { return nil }
      let range = try directory.range(of: entry, named: name)
      let found = checksum(UnsafeRawBufferPointer(rebasing: bytes[range]))
      guard entry.checksum == 0 || found == entry.checksum else {
        throw ZipDirectory.Failure(
          what: "the checksum of `\(name)` is \(found) where the archive says \(entry.checksum)")
      }
      return range
    }
    if let order = try contents(prefix + "byteorder"),
      !bytes[order].elementsEqual("little".utf8)
    {
      throw ZipDirectory.Failure(what: "the numbers are not little-endian")
    }
    guard let range = try contents(pickles[0]) else {
      throw ZipDirectory.Failure(what: "the zip archive holds no pickle")
    }
    var unpickler = Unpickler(ByteCursor(bytes, range), budget: budget)
    root = try unpickler.next()
    graph = unpickler.graph
    self.directory = directory
  }

  /// The container before PyTorch 1.6: a magic number, a version, the system's properties, the
  /// checkpoint and the storages' keys, each a pickle; then every storage's length and elements.
  init(legacy bytes: UnsafeRawBufferPointer, budget: AllocationBudget) throws {
    var unpickler = Unpickler(ByteCursor(bytes), budget: budget)
    // 0x1950A86A20F9469CFC6C, little-endian.
    let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    guard bytes.first == 0x80, case .bytes(let start, let count) = try unpickler.next(),
      bytes[start..<start + count].elementsEqual(magic)
    else { throw Unpickler.Failure.malformed(offset: 0, "it is no checkpoint of PyTorch") }
    guard case .integer(1001) = try unpickler.next() else {
      throw unpickler.failure("the container's version is not 1001")
    }
    let system = try unpickler.next()
    guard case .bool(true)? = unpickler.graph.value("little_endian", of: system) else {
      throw unpickler.failure("the numbers are not little-endian")
    }
    root = try unpickler.next()
    let keys = try unpickler.next()
    graph = unpickler.graph
    directory = nil

    var sizes: [String: Int] = [:]
    for storage in graph.storages {
      // A storage without a type is counted in bytes.
      sizes[storage.key] = storage.scalarType?.byteCount ?? 1
    }
    var cursor = ByteCursor(bytes, unpickler.position..<bytes.count)
    for key in graph.list(keys) ?? [] {
      guard case .text(let key) = key, let size = sizes[key] else {
        throw unpickler.failure("the list of storages names one that no tensor has")
      }
      let count = try cursor.next(UInt64.self)
      let (length, overflow) = count.multipliedReportingOverflow(by: UInt64(size))
      guard !overflow else { throw unpickler.failure("a storage of \(count) elements") }
      blocks[key] = Block(range: try cursor.skip(length), checksum: nil)
    }
  }
}
