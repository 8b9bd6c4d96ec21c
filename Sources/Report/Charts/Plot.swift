/// The frame of a chart: a drawing with two axes.
struct Plot {
  var drawing: Drawing
  let horizontal: Axis
  let vertical: Axis
  private let left: Double
  private let right: Double
  private let top: Double
  private let bottom: Double

  /// - Parameter xLabel: what runs to the right.
  init(
    width: Double = 400, height: Double = 230, horizontal: Axis, vertical: Axis, xLabel: String,
    yLabel: String? = nil
  ) {
    drawing = Drawing(width: width, height: height)
    self.horizontal = horizontal
    self.vertical = vertical
    left = yLabel == nil ? 44 : 58
    right = width - 14
    top = 10
    bottom = height - 38
    for tick in vertical.ticks {
      let y = y(tick)
      drawing.line((left, y), (right, y), style: "grid")
      drawing.text(Figures.number(tick), at: (left - 7, y + 4), anchor: .end, style: "tick")
    }
    for tick in horizontal.ticks {
      let x = x(tick)
      drawing.line((x, bottom), (x, bottom + 4), style: "axis")
      drawing.text(Figures.number(tick), at: (x, bottom + 17), anchor: .middle, style: "tick")
    }
    drawing.line((left, bottom), (right, bottom), style: "axis")
    drawing.text(xLabel, at: ((left + right) / 2, height - 4), anchor: .middle, style: "label")
    if let yLabel {
      drawing.verticalText(yLabel, at: (13, (top + bottom) / 2), style: "label")
    }
  }

  var baseline: Double { bottom }

  func x(_ value: Double) -> Double { left + horizontal.fraction(value) * (right - left) }

  func y(_ value: Double) -> Double { bottom - vertical.fraction(value) * (bottom - top) }

  func point(_ x: Double, _ y: Double) -> Drawing.Point { (self.x(x), self.y(y)) }
}
