/// The CRC-32 of zip archives (polynomial 0xEDB88320), eight bytes at a time.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  checksumTables.withUnsafeBufferPointer { tables in
    var state = UInt32.max
    var position = 0
    while position + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let mixed = word ^ UInt64(state)
      state = 0
      for step in 0..<8 {
        let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * step)) & 0xFF
        state ^= tables[(7 - step) << 8 | byte]
      }
      position += 8
    }
    while position < bytes.count {
      state = tables[Int(truncatingIfNeeded: state ^ UInt32(bytes[position])) & 0xFF] ^ state >> 8
      position += 1
    }
    return ~state
  }
}

/// Eight tables of 256: what a byte does to the state, and what it does 1 to 7 zero bytes later.
private let checksumTables: [UInt32] = {
  var tables = [UInt32](repeating: 0, count: 8 * 256)
  for byte in 0..<256 {
    var state = UInt32(byte)
    for _ in 0..<8 { state = state >> 1 ^ (state & 1 != 0 ? 0xEDB8_8320 : 0) }
    tables[byte] = state
  }
  for entry in 256..<8 * 256 {
    let previous = tables[entry - 256]
    tables[entry] = previous >> 8 ^ tables[Int(previous & 0xFF)]
  }
  return tables
}()
