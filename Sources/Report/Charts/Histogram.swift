/// How many values lie in each of a row of bins.
struct Histogram {
  struct Bin {
    let label: String
    let count: Int
  }

  let bins: [Bin]
  let xLabel: String
  /// What is counted, in the plural.
  let unit: String

  func svg(description: String) -> String {
    let vertical = Axis(linear: bins.map { Double($0.count) }, from: 0)
    var plot = Plot(
      horizontal: Axis(lowest: 0, highest: Double(bins.count), ticks: []), vertical: vertical,
      xLabel: xLabel)
    // Labels that would run into each other are left out.
    let longest = bins.map(\.label.count).max() ?? 1
    let step = max(1, Int((Double(bins.count * (longest + 2)) * 5.6 / 340).rounded(.up)))
    for (index, bin) in bins.enumerated() {
      let (left, right) = (plot.x(Double(index)) + 1.5, plot.x(Double(index + 1)) - 1.5)
      let top = plot.y(Double(bin.count))
      plot.drawing.rectangle(
        x: left, y: top, width: right - left, height: plot.baseline - top, style: "bar",
        note: "\(bin.label): \(Figures.count(bin.count)) \(unit)")
      if index % step == 0 {
        plot.drawing.text(
          bin.label, at: ((left + right) / 2, plot.baseline + 17), anchor: .middle, style: "tick")
      }
    }
    return plot.drawing.svg(description: description)
  }
}
