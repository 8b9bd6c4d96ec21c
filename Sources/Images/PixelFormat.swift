/// The order of the bytes of a pixel in memory, 8 bits a channel: what cameras, video decoders and
/// graphics libraries hand over.
public enum PixelFormat: String, Hashable, Sendable, CaseIterable {
  /// Red, green, blue: three bytes.
  case rgb
  /// Blue, green, red: three bytes, OpenCV's order.
  case bgr
  /// Red, green, blue, alpha: four bytes. Alpha is ignored.
  case rgba
  /// Blue, green, red, alpha: four bytes, the order of most video frames. Alpha is ignored.
  case bgra

  /// The number of bytes of a pixel.
  public var bytesPerPixel: Int {
    switch self {
    case .rgb, .bgr: 3
    case .rgba, .bgra: 4
    }
  }

  /// The indices of the red and the blue byte in a pixel; green is always at 1.
  var redAndBlue: (red: Int, blue: Int) {
    switch self {
    case .rgb, .rgba: (0, 2)
    case .bgr, .bgra: (2, 0)
    }
  }
}
