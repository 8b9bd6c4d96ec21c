import Foundation

/// Numbers as the page shows them.
enum Figures {
  /// What stands for a number that was not measured.
  static let none = "–"

  /// A share such as an average precision: 0.941.
  static func share(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    return String(format: "%.3f", value)
  }

  /// A difference of shares, with its sign: +0.031.
  static func gain(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    let text = String(format: "%.3f", abs(value))
    return text == "0.000" ? "0.000" : (value < 0 ? "−" : "+") + text
  }

  /// A whole number with its digits in groups: 1,300.
  static func count(_ value: Int) -> String {
    var digits = String(abs(value))
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// A number and what it counts: `1 image`, `200 images`.
  static func count(_ value: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count(value)) \(value == 1 ? singular : plural ?? singular + "s")"
  }

  /// Any number in three significant digits, without an exponent where people would not use one.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return none }
    let size = abs(value)
    if value == value.rounded(), size < 1e6 { return count(Int(value)) }
    if size >= 1000, size < 1e6 { return count(Int(value.rounded())) }
    if size >= 1e-4, size < 1e6 {
      let decimals = max(0, 2 - Int(log10(size).rounded(.down)))
      return trimmed(String(format: "%.\(decimals)f", value)).replacing("-", with: "−")
    }
    let parts = String(format: "%.2e", value).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(value)" }
    return (trimmed(String(parts[0])) + " × 10" + superscript(exponent))
      .replacing("-", with: "−")
  }

  /// Milliseconds.
  static func milliseconds(_ value: Double) -> String {
    guard value.isFinite else { return none }
    if value >= 100 { return count(Int(value.rounded())) }
    return String(format: value < 10 ? "%.2f" : "%.1f", value)
  }

  /// A number for a style or a path: short, with a point, never with an exponent.
  static func coordinate(_ value: Double) -> String {
    trimmed(String(format: "%.2f", value.isFinite ? value : 0))
  }

  /// Without zeros at the end of the fraction.
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let cut = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    let result = String(cut.reversed())
    return result == "-0" ? "0" : result
  }

  private static func superscript(_ value: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (value < 0 ? "⁻" : "")
      + String(abs(value).description.map { digits[$0.hexDigitValue ?? 0] })
  }
}
