/// How the stored picture has to be turned to stand upright: tag 0x0112 of EXIF 2.3.
///
/// The names say what to do with the stored pixels, in this order: mirror left to right, then turn
/// clockwise.
enum Orientation: Int, CaseIterable {
  case upright = 1
  case mirrored = 2
  case turned180 = 3
  case mirroredTurned180 = 4
  case mirroredTurned270 = 5
  case turned90 = 6
  case mirroredTurned90 = 7
  case turned270 = 8

  /// Whether columns become rows.
  var swapsSides: Bool { rawValue >= 5 }

  /// The size of the upright picture.
  func apply(width: Int, height: Int) -> (width: Int, height: Int) {
    swapsSides ? (height, width) : (width, height)
  }

  /// Whether the stored picture's column (with swapped sides: row) runs against the upright
  /// column, and likewise for the upright row.
  private var reversals: (x: Bool, y: Bool) {
    switch self {
    case .upright: (false, false)
    case .mirrored: (true, false)
    case .turned180: (true, true)
    case .mirroredTurned180: (false, true)
    case .mirroredTurned270: (false, false)
    case .turned90: (true, false)
    case .mirroredTurned90: (true, true)
    case .turned270: (false, true)
    }
  }

  /// The rectangle of the stored picture that shows a rectangle of the upright one.
  ///
  /// - Parameters:
  ///   - region: in pixels of the upright picture.
  ///   - width: the upright picture's width.
  ///   - height: the upright picture's height.
  func stored(_ region: PixelRegion, width: Int, height: Int) -> PixelRegion {
    let reversals = reversals
    let left = reversals.x ? width - region.left - region.width : region.left
    let top = reversals.y ? height - region.top - region.height : region.top
    return swapsSides
      ? PixelRegion(left: top, top: left, width: region.height, height: region.width)
      : PixelRegion(left: left, top: top, width: region.width, height: region.height)
  }

  /// Writes the upright picture of RGB pixels stored as `width` columns and `height` rows.
  func apply(
    to source: UnsafePointer<UInt8>, width: Int, height: Int,
    into target: UnsafeMutablePointer<UInt8>
  ) {
    let upright = apply(width: width, height: height)
    let reversals = reversals
    // Steps, in pixels of the stored picture, for one column and one row of the upright one.
    let columnStep = (swapsSides ? width : 1) * (reversals.x ? -1 : 1)
    let rowStep = (swapsSides ? 1 : width) * (reversals.y ? -1 : 1)
    let start =
      (reversals.x ? -(upright.width - 1) * columnStep : 0)
      + (reversals.y ? -(upright.height - 1) * rowStep : 0)
    var output = target
    for y in 0..<upright.height {
      var input = source + 3 * (start + y * rowStep)
      for _ in 0..<upright.width {
        output[0] = input[0]
        output[1] = input[1]
        output[2] = input[2]
        output += 3
        input += 3 * columnStep
      }
    }
  }

  /// The orientation in a block of EXIF data, with or without the `Exif` signature before it;
  /// upright where the block does not say or contradicts itself, since a photograph is worth more
  /// than its notes.
  init(exif: UnsafeRawBufferPointer) {
    self = Self.tag(in: exif) ?? .upright
  }

  private static func tag(in block: UnsafeRawBufferPointer) -> Orientation? {
    let exif = block.spells("Exif\0\0") ? block.part(6..<block.count) : block
    let isLittleEndian = exif.spells("II*\0")
    guard isLittleEndian || exif.spells("MM\0*") else { return nil }
    func short(_ offset: Int) -> Int? {
      isLittleEndian ? exif.littleEndian16(at: offset) : exif.bigEndian16(at: offset)
    }
    func long(_ offset: Int) -> Int? {
      isLittleEndian ? exif.littleEndian32(at: offset) : exif.bigEndian32(at: offset)
    }
    guard let directory = long(4), let entries = short(directory) else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = short(offset), let type = short(offset + 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // The standard says SHORT (3); some programs write LONG (4) or BYTE (1).
      let value =
        switch type {
        case 1: exif.byte(at: offset + 8)
        case 3: short(offset + 8)
        case 4: long(offset + 8)
        default: nil as Int?
        }
      return value.flatMap(Orientation.init(rawValue:))
    }
    return nil
  }
}
