import Evaluation

/// How far scores can be taken at their word.
struct CalibrationSection {
  let expectedError: String
  let greatestError: String
  let count: String
  let leastScore: String
  let verdict: String
  let figure: PageModel.Figure
  let table: PageModel.Table

  /// nil without detections.
  init?(_ findings: ReportFindings) {
    let calibration = findings.calibration
    guard let error = calibration.expectedError else { return nil }
    expectedError = Figures.share(error)
    greatestError = Figures.share(calibration.greatestError)
    count = Figures.count(calibration.count, "detection")
    leastScore = Figures.number(calibration.minimumScore)
    let excess = calibration.bins.reduce(0) { sum, bin in
      sum + Double(bin.count) * ((bin.meanScore ?? 0) - (bin.precision ?? 0))
    }
    verdict =
      error < 0.02
      ? "Scores can be read as probabilities."
      : excess > 0
        ? "On the whole the model is surer than it should be."
        : "On the whole the model is less sure than it could be."
    figure = PageModel.Figure(
      title: "Reliability",
      svg: ReliabilityDiagram(calibration: calibration).svg(
        description: "Share of right detections over their score in ten bins; expected calibration "
          + "error \(Figures.share(error)). The table gives the figures."),
      legend: [
        PageModel.LegendEntry(style: "bar", name: "right"),
        .init(style: "expected", name: "mean score"),
        .init(style: "over", name: "too sure"), .init(style: "under", name: "too modest"),
      ])
    table = PageModel.Table(
      caption: "Scores and how often they are right",
      columns: ["scores", "detections", "mean score", "right"].enumerated().map {
        PageModel.Column(title: $1, isNumber: $0 > 0)
      },
      rows: calibration.bins.map { bin in
        PageModel.Row(
          head: "\(Figures.number(bin.lowerBound)) to \(Figures.number(bin.upperBound))",
          cells: [
            PageModel.Cell(Figures.count(bin.count)), PageModel.Cell(Figures.share(bin.meanScore)),
            PageModel.Cell(Figures.share(bin.precision), bar: bin.precision),
          ])
      })
  }
}
