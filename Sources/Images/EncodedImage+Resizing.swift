extension EncodedImage {
  /// Decodes the picture in a given size, stretched if the proportions differ, into memory that the
  /// caller owns: ``Image/resized(width:height:)`` without the picture in between.
  ///
  /// A JPEG picture that is several times as large on both sides is reduced while it is decoded, down
  /// to no less than twice the size asked for. In photographs reduced to 300 x 300 pixels, samples
  /// then differ by 0.7 of their 255 steps on average from what the whole picture gives, one in a
  /// hundred by more than 5; reducing down to the size itself would double that.
  ///
  /// - Parameter target: room for exactly `width * height * 3` samples.
  /// - Throws: `ImageError`; the content of `target` is then undefined.
  public func decode(
    width: Int, height: Int, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) {
    let minimumSize = (width: 2 * width, height: 2 * height)
    let size = decodedSize(minimumSize: minimumSize)
    let count = size.width * size.height * 3
    let decoded = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    defer { decoded.deallocate() }
    try decode(into: decoded, minimumSize: minimumSize)
    PixelRows(samples: UnsafeBufferPointer(decoded), width: size.width, height: size.height)
      .resize(width: width, height: height, into: target)
  }
}
