import Evaluation

/// Precision over recall, and the envelope whose area is the average precision.
struct PrecisionRecallChart {
  private static let mostPoints = 200

  let curve: PrecisionRecallCurve
  /// Marked on the curve.
  var operatingPoint: OperatingPoint?

  func svg(description: String) -> String {
    var plot = Plot(
      width: 260, height: 200, horizontal: .unit, vertical: .unit, xLabel: "recall",
      yLabel: "precision")
    let envelope = curve.precisionEnvelope
    if let first = envelope.first, let reached = curve.recall.last {
      var outline = [plot.point(0, 0), plot.point(0, first)]
      for position in kept(envelope) {
        outline.append(plot.point(curve.recall[position], envelope[position]))
      }
      outline.append(plot.point(reached, 0))
      plot.drawing.polygon(outline, style: "area s1")
      plot.drawing.polyline(
        kept(curve.precision).map { plot.point(curve.recall[$0], curve.precision[$0]) },
        style: "line s1")
    }
    if let point = operatingPoint, let precision = point.precision, let recall = point.recall {
      plot.drawing.circle(
        plot.point(recall, precision), radius: 4, style: "mark",
        note:
          "at score \(Figures.share(Double(point.score))): precision \(Figures.share(precision)), "
          + "recall \(Figures.share(recall))")
    }
    return plot.drawing.svg(description: description)
  }

  /// The positions that are worth drawing: of a long curve, evenly spaced ones and the ends.
  private func kept(_ values: [Double]) -> [Int] {
    guard values.count > Self.mostPoints else { return Array(values.indices) }
    let step = Double(values.count - 1) / Double(Self.mostPoints - 1)
    return (0..<Self.mostPoints).map { Int((Double($0) * step).rounded()) }
  }
}
