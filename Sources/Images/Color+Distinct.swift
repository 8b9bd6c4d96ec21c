import Foundation

extension Color {
  /// One of `count` colours that are easy to tell apart and stand out on photographs: vivid, never
  /// very dark, the hues spread evenly over the circle.
  ///
  /// More than a dozen hues alone would be too similar, so that they then also differ in lightness.
  /// Neighbouring indices get hues far apart. The same index of the same count always gives the
  /// same colour.
  ///
  /// - Parameters:
  ///   - index: any integer; indices that differ by a multiple of `count` share a colour.
  ///   - count: how many colours there are in all; at least 1.
  public static func distinct(_ index: Int, of count: Int) -> Color {
    let count = max(1, count)
    let position = ((index % count) + count) % count
    let step = position * stride(for: count) % count
    let lightnesses = count <= 12 ? [0.72] : count <= 30 ? [0.66, 0.82] : [0.60, 0.73, 0.86]
    return oklch(
      lightness: lightnesses[step % lightnesses.count], chroma: 0.19,
      hue: 2 * .pi * (Double(step) / Double(count) + 0.08))
  }

  /// Near the golden section of the circle and without common divisor, so that every hue is used
  /// once and neighbours lie far apart.
  private static func stride(for count: Int) -> Int {
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    var candidate = max(1, Int((Double(count) * 0.382).rounded()))
    while divisor(candidate, count) != 1 { candidate += 1 }
    return candidate
  }

  /// A colour of the OKLCH space (B. Ottosson, "A perceptual color space for image processing",
  /// 2020), with as much of the chroma as sRGB can show.
  static func oklch(lightness: Double, chroma: Double, hue: Double) -> Color {
    var (low, high) = (0.0, chroma)
    if let color = linear(lightness, chroma, hue) { return color }
    for _ in 0..<20 {
      let middle = (low + high) / 2
      if linear(lightness, middle, hue) == nil { high = middle } else { low = middle }
    }
    return linear(lightness, low, hue)
      ?? Color(red: lightness, green: lightness, blue: lightness)
  }

  private static func linear(_ lightness: Double, _ chroma: Double, _ hue: Double) -> Color? {
    let (a, b) = (chroma * cos(hue), chroma * sin(hue))
    let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
    let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
    let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
    let components = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
    guard components.allSatisfy({ (-1e-6...1 + 1e-6).contains($0) }) else { return nil }
    let coded = components.map { value in
      let value = min(max(value, 0), 1)
      return value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
    }
    return Color(red: coded[0], green: coded[1], blue: coded[2])
  }
}
