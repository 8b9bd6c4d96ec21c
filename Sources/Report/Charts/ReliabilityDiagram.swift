import Evaluation

/// How often detections of a score are right, beside how often they should be.
struct ReliabilityDiagram {
  let calibration: Calibration

  func svg(description: String) -> String {
    var plot = Plot(
      width: 400, height: 320, horizontal: .unit, vertical: .unit, xLabel: "score",
      yLabel: "share that is right")
    for bin in calibration.bins {
      guard let precision = bin.precision, let score = bin.meanScore else { continue }
      let (left, right) = (plot.x(bin.lowerBound) + 1, plot.x(bin.upperBound) - 1)
      let (top, expected) = (plot.y(precision), plot.y(score))
      let lower = max(top, expected)
      plot.drawing.rectangle(
        x: left, y: lower, width: right - left, height: plot.baseline - lower, style: "bar",
        note: "scores \(Figures.share(bin.lowerBound)) to \(Figures.share(bin.upperBound)): "
          + "\(Figures.share(precision)) of \(Figures.count(bin.count, "detection")) right")
      plot.drawing.rectangle(
        x: left, y: min(top, expected), width: right - left, height: abs(top - expected),
        style: precision < score ? "gap over" : "gap under")
      plot.drawing.line((left, expected), (right, expected), style: "expected")
    }
    plot.drawing.line(plot.point(0, 0), plot.point(1, 1), style: "diagonal")
    return plot.drawing.svg(description: description)
  }
}
