import CImages

/// What the first bytes of a file say about its picture.
struct ImageHeader: Hashable, Sendable {
  var format: ImageFormat
  /// Columns as stored, before the orientation is applied.
  var storedWidth: Int
  /// Rows as stored, before the orientation is applied.
  var storedHeight: Int
  var orientation: Orientation

  /// The size of the upright picture.
  var size: (width: Int, height: Int) {
    orientation.apply(width: storedWidth, height: storedHeight)
  }

  /// Reads the header.
  ///
  /// - Returns: nil if `bytes` are only the beginning of the file (`isWhole` is false) and more of
  ///   them are needed.
  /// - Throws: `ImageError` without a file.
  init?(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(ImageError) {
    if bytes.isEmpty { throw ImageError(file: nil, reason: .empty) }
    let header: ImageHeader?
    if bytes.byte(at: 0) == 0xFF, bytes.byte(at: 1) == 0xD8 {
      header = try Self.jpeg(bytes)
    } else if bytes.spells("\u{89}PNG") || bytes.bigEndian32(at: 0) == 0x8950_4E47 {
      header = try Self.png(bytes)
    } else if bytes.spells("RIFF"), bytes.count < 12 || bytes.spells("WEBP", at: 8) {
      header = try Self.webp(bytes, isWhole: isWhole)
    } else {
      throw ImageError(file: nil, reason: .unknownFormat)
    }
    guard let header else {
      if isWhole { throw ImageError(file: nil, reason: .truncated) }
      return nil
    }
    let (width, height) = (header.storedWidth, header.storedHeight)
    guard width > 0, height > 0 else {
      throw ImageError(
        file: nil, reason: .broken("the header claims \(width) x \(height) pixels"))
    }
    // Both sides are below 2^32, so the product cannot overflow.
    guard width <= Int(Int32.max), height <= Int(Int32.max),
      width * height <= Image.maximumPixelCount
    else { throw ImageError(file: nil, reason: .tooLarge(width: width, height: height)) }
    self = header
  }

  private init(format: ImageFormat, width: Int, height: Int, orientation: Orientation) {
    self.format = format
    storedWidth = width
    storedHeight = height
    self.orientation = orientation
  }

  /// Walks the segments (ITU T.81, appendix B) up to the first scan.
  private static func jpeg(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageHeader? {
    var size: (width: Int, height: Int)?
    var orientation: Orientation?
    var offset = 2
    while let byte = bytes.byte(at: offset), let marker = bytes.byte(at: offset + 1) {
      // Stray bytes between segments and fill bytes before a marker are legal or common.
      if byte != 0xFF || marker == 0xFF || marker == 0x00 {
        offset += 1
        continue
      }
      offset += 2
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
      if marker == 0xD9 || marker == 0xDA {
        guard let size else {
          throw ImageError(file: nil, reason: .broken("no frame header before the picture"))
        }
        return ImageHeader(
          format: .jpeg, width: size.width, height: size.height,
          orientation: orientation ?? .upright)
      }
      guard let length = bytes.bigEndian16(at: offset) else { return nil }
      guard length >= 2 else {
        throw ImageError(file: nil, reason: .broken("a segment of \(length) bytes"))
      }
      // Every SOFn; 0xC4, 0xC8 and 0xCC among them mean other things.
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker), size == nil {
        guard let height = bytes.bigEndian16(at: offset + 3),
          let width = bytes.bigEndian16(at: offset + 5)
        else { return nil }
        size = (width, height)
      }
      if marker == 0xE1, orientation == nil, bytes.spells("Exif\0\0", at: offset + 2) {
        guard bytes.count >= offset + length else { return nil }
        orientation = Orientation(exif: bytes.part(offset + 2..<offset + length))
      }
      offset += length
    }
    return nil
  }

  /// Walks the chunks up to the first one of pixels; an `eXIf` after them is not looked for.
  private static func png(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> ImageHeader? {
    guard bytes.count >= 24 else { return nil }
    guard bytes.bigEndian32(at: 4) == 0x0D0A_1A0A, bytes.spells("IHDR", at: 12),
      let width = bytes.bigEndian32(at: 16), let height = bytes.bigEndian32(at: 20)
    else { throw ImageError(file: nil, reason: .broken("the PNG header is damaged")) }
    var header = ImageHeader(format: .png, width: width, height: height, orientation: .upright)
    var offset = 8
    while let length = bytes.bigEndian32(at: offset), bytes.count >= offset + 8 {
      if bytes.spells("IDAT", at: offset + 4) || bytes.spells("IEND", at: offset + 4) {
        return header
      }
      if bytes.spells("eXIf", at: offset + 4) {
        guard bytes.count >= offset + 8 + length else { return nil }
        header.orientation = Orientation(exif: bytes.part(offset + 8..<offset + 8 + length))
      }
      offset += 12 + length
    }
    return nil
  }

  /// The EXIF chunk of a WebP file follows the pixels: the whole file is asked for only where the
  /// header says that there is one.
  private static func webp(
    _ bytes: UnsafeRawBufferPointer, isWhole: Bool
  ) throws(ImageError) -> ImageHeader? {
    guard bytes.count >= 30 else { return nil }
    var (width, height, isAnimated) = (Int32(0), Int32(0), Int32(0))
    do {
      try check { message in
        cimages_webp_size(
          bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &width, &height, &isAnimated,
          message)
      }
    } catch  where error.reason == .truncated {
      return nil
    }
    guard isAnimated == 0 else {
      throw ImageError(file: nil, reason: .unsupported("it is an animated WebP"))
    }
    var header = ImageHeader(
      format: .webp, width: Int(width), height: Int(height), orientation: .upright)
    let hasExif = bytes.spells("VP8X", at: 12) && (bytes.byte(at: 20) ?? 0) & 0x08 != 0
    guard hasExif else { return header }
    guard isWhole else { return nil }
    var offset = 12
    while let length = bytes.littleEndian32(at: offset + 4) {
      if bytes.spells("EXIF", at: offset) {
        header.orientation = Orientation(exif: bytes.part(offset + 8..<offset + 8 + length))
        break
      }
      offset += 8 + length + length % 2
    }
    return header
  }
}

/// Calls one of the C functions and turns its status and message into an error without a file.
func check(
  _ call: (UnsafeMutablePointer<CChar>) -> cimages_status
) throws(ImageError) {
  var text = ""
  let status = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CIMAGES_MESSAGE_SIZE)) {
    message in
    message.initialize(repeating: 0)
    guard let base = message.baseAddress else { return CIMAGES_OUT_OF_MEMORY }
    let status = call(base)
    if status != CIMAGES_OK { text = String(cString: base) }
    return status
  }
  switch status {
  case CIMAGES_OK: return
  case CIMAGES_TRUNCATED: throw ImageError(file: nil, reason: .truncated)
  case CIMAGES_UNSUPPORTED: throw ImageError(file: nil, reason: .unsupported(text))
  case CIMAGES_OUT_OF_MEMORY: throw ImageError(file: nil, reason: .outOfMemory)
  default: throw ImageError(file: nil, reason: .broken(text))
  }
}
