import CCairo
import Foundation

extension Canvas {
  /// The extensions, lower case and without the dot, of the files a canvas is written to.
  public static let fileExtensions = Image.fileExtensions + ["svg"]

  /// What has been drawn, as pixels.
  public var image: Image {
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    defer { cairo_surface_destroy(surface) }
    replay(on: surface)
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else {
      fatalError("Cairo has no memory for \(width) x \(height) pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { output, count in
      var target = 0
      for y in 0..<height {
        let row = UnsafeRawPointer(bytes + y * stride)
        for x in 0..<width {
          let word = row.load(fromByteOffset: 4 &* x, as: UInt32.self)
          output.initializeElement(at: target, to: UInt8(truncatingIfNeeded: word >> 16))
          output.initializeElement(at: target &+ 1, to: UInt8(truncatingIfNeeded: word >> 8))
          output.initializeElement(at: target &+ 2, to: UInt8(truncatingIfNeeded: word))
          target &+= 3
        }
      }
      count = width * height * 3
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// What has been drawn, as an SVG file: lines and letters as shapes, pictures embedded.
  public func svgData() -> Data {
    let output = Output()
    let surface = cairo_svg_surface_create_for_stream(
      { closure, bytes, count in
        guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Output>.fromOpaque(closure).takeUnretainedValue().data
          .append(bytes, count: Int(count))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(output).toOpaque(), Double(width), Double(height))
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
    withExtendedLifetime(output) {
      replay(on: surface)
      cairo_surface_finish(surface)
      cairo_surface_destroy(surface)
    }
    return output.data
  }

  /// Writes the drawing in the format that the extension names: SVG, or one of `Image`'s. The file
  /// appears complete or not at all.
  ///
  /// - Parameters:
  ///   - url: a file whose extension is among ``fileExtensions``.
  ///   - quality: 1 to 100, for the formats that lose.
  /// - Throws: `ImageError` naming the file.
  public func write(to url: URL, quality: Int = 92) throws(ImageError) {
    if url.pathExtension.lowercased() == "svg" {
      return try writeAtomically(svgData(), to: url)
    }
    guard ImageFormat(fileExtension: url.pathExtension) != nil else {
      throw ImageError(
        file: url.path,
        reason: .unknownExtension(url.pathExtension, supported: Self.fileExtensions))
    }
    try image.write(to: url, quality: quality)
  }

  private final class Output {
    var data = Data()
  }

  private func replay(on surface: OpaquePointer?) {
    let target = cairo_create(surface)
    cairo_set_source_surface(target, recording, 0, 0)
    cairo_paint(target)
    cairo_destroy(target)
  }
}
