import CImages
import Foundation

extension Image {
  /// The picture as a JPEG file.
  ///
  /// - Parameter quality: 1 (smallest) to 100 (best); libjpeg's scale.
  /// - Throws: `ImageError` for a picture with a side above 65,500 pixels, JPEG's limit.
  public func jpegData(quality: Int = 90) throws(ImageError) -> Data {
    try encoded { pixels, width, height, output, count, message in
      cimages_encode_jpeg(
        pixels, width, height, Int32(min(max(quality, 1), 100)), output, count, message)
    }
  }

  /// The picture as a PNG file, without loss.
  ///
  /// - Throws: `ImageError` for a picture with a side above 1,000,000 pixels, libpng's limit.
  public func pngData() throws(ImageError) -> Data {
    try encoded { pixels, width, height, output, count, message in
      cimages_encode_png(pixels, width, height, output, count, message)
    }
  }

  /// The picture as a (lossy) WebP file.
  ///
  /// - Parameter quality: 0 (smallest) to 100 (best).
  /// - Throws: `ImageError` for a picture with a side above 16,383 pixels, WebP's limit.
  public func webpData(quality: Int = 90) throws(ImageError) -> Data {
    try encoded { pixels, width, height, output, count, message in
      cimages_encode_webp(
        pixels, width, height, Float(min(max(quality, 0), 100)), output, count, message)
    }
  }

  /// The picture as a file of a format.
  ///
  /// - Parameters:
  ///   - format: JPEG, PNG or WebP.
  ///   - quality: 1 to 100, for the formats that lose.
  /// - Throws: `ImageError` for a picture larger than the format can hold.
  public func data(as format: ImageFormat, quality: Int = 90) throws(ImageError) -> Data {
    switch format {
    case .jpeg: try jpegData(quality: quality)
    case .png: try pngData()
    case .webp: try webpData(quality: quality)
    }
  }

  /// Writes the picture in the format that the extension names. The file appears complete or not
  /// at all.
  ///
  /// - Parameters:
  ///   - url: a file whose extension is one of an ``ImageFormat``.
  ///   - quality: 1 to 100, for the formats that lose.
  /// - Throws: `ImageError` naming the file.
  public func write(to url: URL, quality: Int = 90) throws(ImageError) {
    guard let format = ImageFormat(fileExtension: url.pathExtension) else {
      throw ImageError(
        file: url.path,
        reason: .unknownExtension(url.pathExtension, supported: Self.fileExtensions))
    }
    let encoded: Data = try naming(url) { () throws(ImageError) in
      try data(as: format, quality: quality)
    }
    try writeAtomically(encoded, to: url)
  }

  private func encoded(
    _ encode: (
      UnsafePointer<UInt8>?, Int32, Int32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
      UnsafeMutablePointer<Int>, UnsafeMutablePointer<CChar>
    ) -> cimages_status
  ) throws(ImageError) -> Data {
    var output: UnsafeMutablePointer<UInt8>?
    var count = 0
    do {
      try check { message in
        pixels.withUnsafeBufferPointer { pixels in
          encode(pixels.baseAddress, Int32(width), Int32(height), &output, &count, message)
        }
      }
    } catch {
      guard case .broken(let text) = error.reason else { throw error }
      throw ImageError(file: nil, reason: .unwritable(text))
    }
    guard let output else { throw ImageError(file: nil, reason: .outOfMemory) }
    return Data(
      bytesNoCopy: output, count: count,
      deallocator: .custom { bytes, _ in cimages_free(bytes.assumingMemoryBound(to: UInt8.self)) })
  }
}

/// Writes a file completely or not at all; a device or a pipe, which cannot be replaced, gets the bytes at once.
func writeAtomically(_ data: Data, to url: URL) throws(ImageError) {
  let target = url.resolvingSymlinksInPath()
  let type = try? FileManager.default.attributesOfItem(atPath: target.path)[.type]
  let isFile = type == nil || type as? FileAttributeType == .typeRegular
  do {
    try data.write(to: target, options: isFile ? .atomic : [])
  } catch {
    throw ImageError(file: url.path, reason: .unwritable(error.localizedDescription))
  }
}
