/// An SVG drawing that takes its colours from the page's style sheet, by class.
struct Drawing {
  typealias Point = (x: Double, y: Double)

  let width: Double
  let height: Double
  private var elements: [String] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  enum Anchor: String { case start, middle, end }

  mutating func line(_ from: Point, _ to: Point, style: String) {
    elements.append(
      "<line class=\"\(style)\" x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" "
        + "x2=\"\(number(to.x))\" y2=\"\(number(to.y))\"/>")
  }

  mutating func polyline(_ points: [Point], style: String) {
    guard points.count > 1 else { return }
    elements.append("<polyline class=\"\(style)\" points=\"\(list(points))\"/>")
  }

  mutating func polygon(_ points: [Point], style: String) {
    guard points.count > 2 else { return }
    elements.append("<polygon class=\"\(style)\" points=\"\(list(points))\"/>")
  }

  /// - Parameter note: what a pointer that rests on it is told.
  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, style: String, note: String? = nil
  ) {
    elements.append(
      element(
        "rect",
        "class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(0, width)))\" "
          + "height=\"\(number(max(0, height)))\"", note))
  }

  mutating func circle(_ center: Point, radius: Double, style: String, note: String? = nil) {
    elements.append(
      element(
        "circle",
        "class=\"\(style)\" cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" "
          + "r=\"\(number(radius))\"", note))
  }

  mutating func text(_ text: String, at point: Point, anchor: Anchor = .start, style: String = "") {
    elements.append(
      "<text class=\"\(style)\" x=\"\(number(point.x))\" y=\"\(number(point.y))\" "
        + "text-anchor=\"\(anchor.rawValue)\">\(MarkupText.escaped(text))</text>")
  }

  /// A text that runs upwards.
  mutating func verticalText(_ text: String, at point: Point, style: String = "") {
    elements.append(
      "<text class=\"\(style)\" text-anchor=\"middle\" "
        + "transform=\"translate(\(number(point.x)) \(number(point.y))) rotate(-90)\">"
        + "\(MarkupText.escaped(text))</text>")
  }

  /// The whole element.
  ///
  /// - Parameter description: what somebody hears who cannot see it.
  func svg(description: String, style: String = "chart") -> String {
    "<svg class=\"\(style)\" viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" "
      + "aria-label=\"\(MarkupText.escaped(description))\">" + elements.joined() + "</svg>"
  }

  private func element(_ name: String, _ attributes: String, _ note: String?) -> String {
    guard let note else { return "<\(name) \(attributes)/>" }
    return "<\(name) \(attributes)><title>\(MarkupText.escaped(note))</title></\(name)>"
  }

  private func list(_ points: [Point]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  private func number(_ value: Double) -> String { Figures.coordinate(value) }
}
