/// Values over iterations: a line for each series and, where there are more values than a line can
/// show, the band they lie in.
struct LineChart {
  struct Series {
    let name: String
    /// In the order of x.
    let points: [(x: Double, y: Double)]
    /// Whether the single values are shown, because there are few.
    var showsPoints = false
  }

  /// Where the values of one stretch lie.
  private struct Stretch {
    var x: Double
    var mean: Double
    var lowest: Double
    var highest: Double
  }

  private static let mostStretches = 160

  let series: [Series]
  let xLabel: String
  /// How far the horizontal axis goes at least.
  var xEnd = 0.0
  /// Whether the axis may become logarithmic; else it starts at 0.
  var isAdaptive = true
  /// A fixed vertical axis instead.
  var vertical: Axis?

  /// - Parameter description: what somebody hears who cannot see it.
  func svg(description: String) -> String {
    let all = series.flatMap(\.points)
    let values = all.map(\.y)
    let vertical =
      vertical ?? (isAdaptive ? Axis(adaptive: values) : Axis(linear: values, from: 0))
    var plot = Plot(
      horizontal: Axis(linear: all.map(\.x) + [xEnd], from: 0), vertical: vertical,
      xLabel: vertical.isLogarithmic ? "\(xLabel) (vertical scale logarithmic)" : xLabel)
    for (index, series) in series.enumerated() {
      let style = "s\(index + 1)"
      let stretches = Self.stretches(series.points)
      if stretches.count < series.points.count {
        plot.drawing.polygon(
          stretches.map { plot.point($0.x, $0.highest) }
            + stretches.reversed().map { plot.point($0.x, $0.lowest) },
          style: "band \(style)")
      }
      plot.drawing.polyline(
        stretches.map { plot.point($0.x, $0.mean) }, style: "line \(style)")
      guard series.showsPoints || series.points.count == 1 else { continue }
      for point in series.points {
        plot.drawing.circle(
          plot.point(point.x, point.y), radius: 3, style: "dot \(style)",
          note: "\(series.name) after \(Figures.number(point.x)): \(Figures.number(point.y))")
      }
    }
    return plot.drawing.svg(description: description)
  }

  private static func stretches(_ points: [(x: Double, y: Double)]) -> [Stretch] {
    let length = max(1, (points.count + mostStretches - 1) / mostStretches)
    return stride(from: 0, to: points.count, by: length).map { start in
      let part = points[start..<min(start + length, points.count)]
      let values = part.map(\.y)
      return Stretch(
        x: part.reduce(0) { $0 + $1.x } / Double(part.count),
        mean: values.reduce(0, +) / Double(part.count), lowest: values.min() ?? 0,
        highest: values.max() ?? 0)
    }
  }
}
