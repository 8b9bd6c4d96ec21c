import CImages

extension ImageHeader {
  /// The header of a complete file.
  init(whole bytes: UnsafeRawBufferPointer) throws(ImageError) {
    guard let header = try ImageHeader(bytes, isWhole: true) else {
      throw ImageError(file: nil, reason: .truncated)
    }
    self = header
  }

  /// By how much (1, 2, 4 or 8) the picture may be reduced and still have the size.
  ///
  /// libjpeg-turbo has vector code for these four factors only; its others (3/8 and so on) save
  /// nothing over the next larger one.
  func reduction(for minimumSize: (width: Int, height: Int)?) -> Int {
    guard format == .jpeg, let minimumSize else { return 1 }
    return [8, 4, 2].first { reduction in
      let size = size(reducedBy: reduction)
      return size.width >= minimumSize.width && size.height >= minimumSize.height
    } ?? 1
  }

  /// The size of the upright picture after a reduction.
  func size(reducedBy reduction: Int) -> (width: Int, height: Int) {
    ((size.width + reduction - 1) / reduction, (size.height + reduction - 1) / reduction)
  }

  /// Decodes a region of the reduced upright picture into `target`, which has exactly its size.
  func decode(
    _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>, reduction: Int,
    region: PixelRegion
  ) throws(ImageError) {
    let size = size(reducedBy: reduction)
    precondition(
      region.isInside(width: size.width, height: size.height),
      "a region outside the picture of \(size.width) x \(size.height) pixels")
    guard let output = target.baseAddress, target.count == region.width * region.height * 3 else {
      preconditionFailure(
        "memory for \(target.count) samples, where \(region.width) x \(region.height) pixels need "
          + "\(region.width * region.height * 3)")
    }
    let stored = orientation.stored(region, width: size.width, height: size.height)
    guard orientation != .upright else {
      return try decodeStored(bytes, into: output, reduction: reduction, region: stored)
    }
    let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: target.count)
    defer { scratch.deallocate() }
    try decodeStored(bytes, into: scratch, reduction: reduction, region: stored)
    orientation.apply(to: scratch, width: stored.width, height: stored.height, into: output)
  }

  private func decodeStored(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>, reduction: Int,
    region: PixelRegion
  ) throws(ImageError) {
    let input = bytes.bindMemory(to: UInt8.self)
    let (width, height) = (Int32(storedWidth), Int32(storedHeight))
    if format == .jpeg {
      let part = cimages_region(
        left: Int32(region.left), top: Int32(region.top), width: Int32(region.width),
        height: Int32(region.height))
      return try check { message in
        cimages_decode_jpeg(
          input.baseAddress, input.count, Int32(reduction), part, output, message)
      }
    }
    let decode = format == .png ? cimages_decode_png : cimages_decode_webp
    guard region.width != storedWidth || region.height != storedHeight else {
      return try check { message in
        decode(input.baseAddress, input.count, width, height, output, message)
      }
    }
    let whole = UnsafeMutablePointer<UInt8>.allocate(capacity: storedWidth * storedHeight * 3)
    defer { whole.deallocate() }
    try check { message in
      decode(input.baseAddress, input.count, width, height, whole, message)
    }
    for y in 0..<region.height {
      let row = whole + 3 * ((region.top + y) * storedWidth + region.left)
      (output + 3 * y * region.width).update(from: row, count: 3 * region.width)
    }
  }
}
