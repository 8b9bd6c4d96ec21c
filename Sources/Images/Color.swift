import Foundation

/// A colour in sRGB with straight alpha; each component from 0 to 1.
public struct Color: Hashable, Sendable {
  /// The red component, sRGB-coded.
  public var red: Double
  /// The green component, sRGB-coded.
  public var green: Double
  /// The blue component, sRGB-coded.
  public var blue: Double
  /// 0 for invisible, 1 for opaque.
  public var alpha: Double

  /// A colour from its components, each from 0 to 1.
  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// A colour as web pages write it: `Color(hex: 0xFF8800)`.
  public init(hex: UInt32) {
    self.init(
      red: Double(hex >> 16 & 0xFF) / 255, green: Double(hex >> 8 & 0xFF) / 255,
      blue: Double(hex & 0xFF) / 255)
  }

  /// White.
  public static let white = Color(hex: 0xFFFFFF)
  /// Black.
  public static let black = Color(hex: 0x000000)

  /// The same colour, more or less transparent.
  public func opacity(_ alpha: Double) -> Color {
    Color(red: red, green: green, blue: blue, alpha: alpha)
  }

  /// The relative luminance of WCAG 2.1: 0 for black, 1 for white.
  public var luminance: Double {
    func linear(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The contrast ratio of WCAG 2.1 between two opaque colours: 1 (equal) to 21 (black on white).
  public func contrast(with other: Color) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Black or white, whichever is easier to read on this colour.
  public var readableText: Color {
    contrast(with: .black) >= contrast(with: .white) ? .black : .white
  }
}
