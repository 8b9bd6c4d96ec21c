import Foundation

extension Image {
  /// Reads a JPEG, PNG or WebP file; which of them, its content tells and not its extension.
  ///
  /// The picture is turned upright (EXIF orientation) and becomes RGB: grey is repeated, CMYK
  /// converted without a colour profile, 16 bits are rounded to 8, and transparency is composited
  /// over white.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - minimumSize: allows a JPEG picture to be reduced by 2, 4 or 8 while it is decoded, as long
  ///     as neither side becomes smaller than this; nil for full size. Saves memory and work on
  ///     pixels; the entropy decoding, most of the time for small photographs, stays.
  /// - Throws: `ImageError` naming the file, also for one that is truncated.
  public init(
    contentsOf url: URL, minimumSize: (width: Int, height: Int)? = nil
  ) throws(ImageError) {
    let data = try EncodedImage.read(url)
    self = try naming(url) { () throws(ImageError) in
      try Image(data: data, minimumSize: minimumSize)
    }
  }

  /// Decodes a JPEG, PNG or WebP file in memory (`Data`, `[UInt8]` or another run of bytes), as
  /// ``init(contentsOf:minimumSize:)`` does.
  ///
  /// - Throws: `ImageError`.
  public init(
    data: some ContiguousBytes, minimumSize: (width: Int, height: Int)? = nil
  ) throws(ImageError) {
    self = try data.withImageBytes { bytes throws(ImageError) in
      let header = try ImageHeader(whole: bytes)
      let reduction = header.reduction(for: minimumSize)
      return try Image(bytes, header: header, reduction: reduction, region: nil)
    }
  }

  /// Decodes a compressed picture, or a rectangle of it; see
  /// ``EncodedImage/decode(into:minimumSize:region:)``.
  ///
  /// - Throws: `ImageError`.
  /// - Precondition: `region` lies inside the picture of the decoded size.
  public init(
    _ encoded: EncodedImage, minimumSize: (width: Int, height: Int)? = nil,
    region: PixelRegion? = nil
  ) throws(ImageError) {
    do {
      self = try encoded.data.withImageBytes { bytes throws(ImageError) in
        let reduction = encoded.header.reduction(for: minimumSize)
        return try Image(bytes, header: encoded.header, reduction: reduction, region: region)
      }
    } catch {
      throw ImageError(file: encoded.file, reason: error.reason)
    }
  }

  /// The size of the picture in a file, upright, from its first bytes alone.
  ///
  /// - Throws: `ImageError` naming the file. That the header is sound does not mean that the rest
  ///   of the file is.
  public static func size(ofFile url: URL) throws(ImageError) -> (width: Int, height: Int) {
    let beginning: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      beginning = try handle.read(upToCount: headerSize) ?? Data()
    } catch {
      // Also finds the better words for what is wrong.
      return try EncodedImage(contentsOf: url).header.size
    }
    let header = try naming(url) { () throws(ImageError) in
      try beginning.withImageBytes { bytes throws(ImageError) in
        try ImageHeader(bytes, isWhole: bytes.count < headerSize)
      }
    }
    if let header { return header.size }
    return try EncodedImage(contentsOf: url).header.size
  }

  /// Enough for the headers of nearly all photographs; those with large thumbnails or colour
  /// profiles are read whole.
  private static let headerSize = 32 * 1024

  private init(
    _ bytes: UnsafeRawBufferPointer, header: ImageHeader, reduction: Int, region: PixelRegion?
  ) throws(ImageError) {
    let size = header.size(reducedBy: reduction)
    let region = region ?? PixelRegion(left: 0, top: 0, width: size.width, height: size.height)
    let count = region.width * region.height * 3
    var failure: ImageError?
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(ImageError) {
        let target = UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
        try header.decode(bytes, into: target, reduction: reduction, region: region)
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    self.init(width: region.width, height: region.height, pixels: pixels)
  }
}
