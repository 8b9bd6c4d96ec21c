/// A picture: RGB, 8 bits a sample, rows from top to bottom without gaps.
///
/// The sample of channel `c` (0 red, 1 green, 2 blue) at column `x` and row `y` is
/// `pixels[(y * width + x) * 3 + c]`. Samples are sRGB-coded, as files hold them.
public struct Image: Hashable, Sendable {
  /// Columns; at least 1.
  public let width: Int

  /// Rows; at least 1.
  public let height: Int

  /// The samples: `width * height * 3` of them.
  public var pixels: [UInt8] {
    // Without a look at `oldValue`, which would copy the picture at every change.
    didSet { precondition(pixels.count == width * height * 3, "an image's size is fixed") }
  }

  /// A picture of the given samples.
  ///
  /// - Precondition: both sides are at least 1 and `pixels` holds `width * height * 3` samples.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image of \(width) x \(height) pixels")
    precondition(
      pixels.count == width * height * 3,
      "\(pixels.count) samples for an image of \(width) x \(height) pixels")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  public init(
    width: Int, height: Int, fill: (red: UInt8, green: UInt8, blue: UInt8) = (255, 255, 255)
  ) {
    precondition(width > 0 && height > 0, "an image of \(width) x \(height) pixels")
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for pixel in 0..<width * height {
        buffer.initializeElement(at: 3 * pixel, to: fill.red)
        buffer.initializeElement(at: 3 * pixel + 1, to: fill.green)
        buffer.initializeElement(at: 3 * pixel + 2, to: fill.blue)
      }
      count = width * height * 3
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The red, green and blue samples at a column and row.
  public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    get {
      precondition((0..<width).contains(x) && (0..<height).contains(y), "outside the image")
      let start = (y * width + x) * 3
      return (pixels[start], pixels[start + 1], pixels[start + 2])
    }
    set {
      precondition((0..<width).contains(x) && (0..<height).contains(y), "outside the image")
      let start = (y * width + x) * 3
      pixels[start] = newValue.red
      pixels[start + 1] = newValue.green
      pixels[start + 2] = newValue.blue
    }
  }
}
