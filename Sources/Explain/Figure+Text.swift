import Foundation
import Images

/// The sizes of letters that pictures use.
enum TextStyle {
  case title, heading, body, strong, small, tiny

  var font: Font {
    switch self {
    case .title: Font(size: 22, weight: .bold)
    case .heading: Font(size: 13, weight: .bold)
    case .body: Font(size: 12)
    case .strong: Font(size: 12, weight: .bold)
    case .small: Font(size: 10.5)
    case .tiny: Font(size: 9)
    }
  }
}

extension Figure {
  /// Writes a line; `_{` and `}` enclose an index, `*{` and `}` what is bold.
  func write(
    _ text: String, at point: (x: Double, y: Double), _ style: TextStyle = .body,
    color: Color = Palette.ink, anchor: TextAnchor = .topLeft, angle: Double = 0,
    plate: Color? = nil, maximumWidth: Double? = nil
  ) {
    canvas.text(
      Formula(text), at: point, font: style.font, color: color, anchor: anchor, angle: angle,
      plate: plate, maximumWidth: maximumWidth)
  }

  /// How wide a line will be.
  func width(of text: String, _ style: TextStyle = .body) -> Double {
    canvas.size(of: Formula(text), font: style.font).width
  }

  /// Writes text broken into lines and returns their height.
  @discardableResult
  func paragraph(
    _ text: String, at point: (x: Double, y: Double), width: Double, _ style: TextStyle = .body,
    color: Color = Palette.ink
  ) -> Double {
    guard !text.isEmpty else { return 0 }
    return canvas.paragraph(
      Formula(text), at: point, width: width, font: style.font, color: color)
  }
}

/// A number with so many decimals and a true minus sign.
func decimal(_ value: some BinaryFloatingPoint, _ digits: Int = 2) -> String {
  let text = String(format: "%.\(digits)f", Double(value))
  // What rounds to nothing has no sign.
  let isZero = !text.contains { "123456789".contains($0) }
  guard text.hasPrefix("-") else { return text }
  return (isZero ? "" : "−") + text.dropFirst()
}

/// A number with at most so many decimals, without zeros at the end.
func trimmed(_ value: some BinaryFloatingPoint, _ digits: Int = 3) -> String {
  var text = decimal(value, digits)
  while text.contains("."), text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}

/// A whole number in groups of three digits, from ten thousand on.
func grouped(_ value: Int) -> String {
  guard value >= 10_000 else { return String(value) }
  var digits = String(value)
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return ([digits] + groups).joined(separator: ",")
}

/// A share as percent: `12.3 %`.
func percent(_ share: Double, _ digits: Int = 1) -> String { decimal(100 * share, digits) + " %" }
