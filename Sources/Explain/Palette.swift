import Images

/// The colours of all pictures, by what they stand for.
enum Palette {
  static let paper = Color(hex: 0xFBFBF9)
  static let ink = Color(hex: 0x1C2530)
  static let muted = Color(hex: 0x5E6978)
  static let rule = Color(hex: 0xD5DAE1)
  static let panel = Color(hex: 0xEFF1F4)
  static let bar = Color(hex: 0xB4BCC8)

  /// What the annotation says.
  static let truth = Color(hex: 0xF0A30A)
  /// Priors, and those of them that are positive.
  static let prior = Color(hex: 0x2F6BDE)
  /// The best prior of an object, positive in any case.
  static let forced = Color(hex: 0xB336C9)
  /// Priors without an object that the loss looks at, and what is dropped.
  static let negative = Color(hex: 0xE0453A)
  /// What the network says, and what stays.
  static let prediction = Color(hex: 0x0C9A86)

  /// The feature maps, from the largest on; the shapes at a position.
  static let series = [0x2F6BDE, 0x0C9A86, 0x5FA52F, 0xE09A00, 0xE3703A, 0xD23F70, 0x8C50CC]
    .map { Color(hex: UInt32($0)) }

  /// A colour of a series that may be longer than the palette.
  static func series(_ index: Int) -> Color { series[index % series.count] }

  /// A colour between dark blue and yellow that grows brighter from 0 to 1: points of Matplotlib's
  /// viridis (S. van der Walt and N. Smith), joined by straight lines.
  static func heat(_ value: Double) -> Color {
    let stops = [0x440154, 0x3B528B, 0x21918C, 0x5EC962, 0xFDE725].map { Color(hex: UInt32($0)) }
    let position = min(max(value.isNaN ? 0 : value, 0), 1) * Double(stops.count - 1)
    let lower = min(Int(position), stops.count - 2)
    return stops[lower].mixed(with: stops[lower + 1], share: position - Double(lower))
  }
}

extension Color {
  /// A colour between this one (share 0) and another (share 1).
  func mixed(with other: Color, share: Double) -> Color {
    Color(
      red: red + (other.red - red) * share, green: green + (other.green - green) * share,
      blue: blue + (other.blue - blue) * share, alpha: alpha + (other.alpha - alpha) * share)
  }
}
