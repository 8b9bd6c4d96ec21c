import Foundation

extension Image {
  /// An image of raw pixels in memory, such as a video frame; they are copied once.
  ///
  /// ```swift
  /// let image = Image(
  ///   width: 1920, height: 1080, pixels: frame, format: .bgra, bytesPerRow: 8192)
  /// ```
  ///
  /// - Parameters:
  ///   - width: columns; at least 1.
  ///   - height: rows; at least 1.
  ///   - pixels: the bytes, rows from top to bottom: `Data`, `[UInt8]`, an
  ///     `UnsafeRawBufferPointer` or another run of bytes. Samples are sRGB-coded.
  ///   - format: the order of the bytes of a pixel.
  ///   - bytesPerRow: the distance in bytes from the start of a row to that of the next (the stride);
  ///     nil for rows without gaps.
  /// - Precondition: a row fits into its stride, and `pixels` holds every row. The gap behind the last
  ///   row may be missing.
  public init(
    width: Int, height: Int, pixels: some ContiguousBytes, format: PixelFormat,
    bytesPerRow: Int? = nil
  ) {
    precondition(width > 0 && height > 0, "an image of \(width) x \(height) pixels")
    let rowSize = width * format.bytesPerPixel
    let stride = bytesPerRow ?? rowSize
    precondition(stride >= rowSize, "rows of \(rowSize) bytes do not fit into \(stride) bytes")
    let samples = pixels.withUnsafeBytes { bytes in
      let size = (height - 1) * stride + rowSize
      precondition(
        bytes.count >= size,
        "\(bytes.count) bytes, where \(width) x \(height) pixels in \(format) need \(size)")
      return Self.samples(of: bytes, width: width, height: height, format: format, stride: stride)
    }
    self.init(width: width, height: height, pixels: samples)
  }

  private static func samples(
    of bytes: UnsafeRawBufferPointer, width: Int, height: Int, format: PixelFormat, stride: Int
  ) -> [UInt8] {
    let count = width * height * 3
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let source = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        var target = buffer.baseAddress
      else { return }
      let (red, blue) = format.redAndBlue
      let pixelSize = format.bytesPerPixel
      for y in 0..<height {
        var pixel = source + y * stride
        if format == .rgb {
          target.initialize(from: pixel, count: 3 * width)
          target += 3 * width
          continue
        }
        for _ in 0..<width {
          target[0] = pixel[red]
          target[1] = pixel[1]
          target[2] = pixel[blue]
          pixel += pixelSize
          target += 3
        }
      }
      initialized = count
    }
  }
}
