import Foundation
import Images

extension Figure {
  /// An arrow with a filled head, or two.
  func arrow(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), color: Color,
    lineWidth: Double = 1.4, isDouble: Bool = false
  ) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return }
    let (ux, uy) = (dx / length, dy / length)
    let head = min(4.5 * lineWidth + 1.5, length / (isDouble ? 2 : 1))
    func tip(_ point: (x: Double, y: Double), _ sign: Double) {
      let base = (x: point.x - sign * head * ux, y: point.y - sign * head * uy)
      let half = 0.45 * head
      canvas.fillPolygon(
        [
          point, (base.x - half * uy, base.y + half * ux), (base.x + half * uy, base.y - half * ux),
        ],
        color: color)
    }
    // The line ends inside the head, so that its round cap does not blunt the tip.
    let inset = 0.7 * head
    canvas.line(
      from: isDouble ? (start.x + inset * ux, start.y + inset * uy) : start,
      to: (end.x - inset * ux, end.y - inset * uy), color: color, lineWidth: lineWidth)
    tip(end, 1)
    if isDouble { tip(start, -1) }
  }

  /// A double arrow with its length written on a plate in the middle.
  func dimension(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ text: String,
    color: Color, plate: Color = Palette.paper, style: TextStyle = .small
  ) {
    arrow(from: start, to: end, color: color, isDouble: true)
    write(
      text, at: ((start.x + end.x) / 2, (start.y + end.y) / 2), style, color: color,
      anchor: .center, plate: plate)
  }

  /// A point with a rim that keeps it visible on any ground.
  func dot(at point: (x: Double, y: Double), color: Color, radius: Double = 3.2) {
    canvas.fillCircle(center: point, radius: radius + 1.2, color: .white)
    canvas.fillCircle(center: point, radius: radius, color: color)
  }

  /// A hairline across.
  func rule(x: Double, y: Double, width: Double, color: Color = Palette.rule) {
    canvas.fill(Rectangle(x: x, y: y - 0.35, width: width, height: 0.7), color: color)
  }
}
