/// PyTorch's containers around a pickle.
public enum TorchWriter {
  /// The container before PyTorch 1.6.
  public static func legacy(
    _ pickle: [UInt8], storages: [(key: String, elementCount: Int, data: [UInt8])] = [],
    isLittleEndian: Bool = true
  ) -> [UInt8] {
    var magic = PickleWriter()
    magic.raw([0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
    var version = PickleWriter()
    version.integer(1001)
    var system = PickleWriter()
    system.dictionary { w in
      w.text("protocol_version")
      w.integer(1001)
      w.text("little_endian")
      w.raw([isLittleEndian ? 0x88 : 0x89])
    }
    var keys = PickleWriter()
    keys.opcode("]")
    keys.opcode("(")
    storages.forEach { keys.text($0.key) }
    keys.opcode("e")
    return magic.finished + version.finished + system.finished + pickle + keys.finished
      + storages.flatMap { littleEndian(UInt64($0.elementCount)) + $0.data }
  }

  /// The zip container.
  /// - Parameter hasChecksums: without them, a reader cannot tell that an entry has been damaged.
  public static func zip(
    _ pickle: [UInt8], storages: [(key: String, data: [UInt8])] = [], byteOrder: String = "little",
    hasChecksums: Bool = true
  ) -> [UInt8] {
    let checksum: UInt32? = hasChecksums ? nil : 0
    var zip = ZipWriter()
    zip.add("archive/data.pkl", pickle, checksum: checksum)
    zip.add("archive/byteorder", Array(byteOrder.utf8), checksum: checksum)
    for (key, data) in storages { zip.add("archive/data/\(key)", data, checksum: checksum) }
    return zip.finished()
  }
}
