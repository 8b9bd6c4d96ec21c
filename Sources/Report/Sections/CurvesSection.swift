import Evaluation

/// A precision-recall curve for each class that has objects.
struct CurvesSection {
  /// More than these are folded away.
  private static let shownCount = 12

  let score: String
  let figures: [PageModel.Figure]
  let folded: [PageModel.Figure]
  let hasFolded: Bool
  let foldedCount: String

  /// nil when no class has objects.
  init?(_ findings: ReportFindings) {
    score = Figures.share(Double(findings.operatingPoint.score))
    let all = findings.results.filter { $0.curve.objectCount > 0 }.map { result in
      let point = OperatingPoint(score: findings.operatingPoint.score, on: result.curve)
      let precision = Figures.share(result.curve.areaAveragePrecision)
      let recall = Figures.share(result.curve.recall.last ?? 0)
      return PageModel.Figure(
        title: result.label,
        svg: PrecisionRecallChart(curve: result.curve, operatingPoint: point).svg(
          description: "Precision over recall for \(result.label): area \(precision), "
            + "recall \(recall) with every detection, precision \(Figures.share(point.precision)) "
            + "and recall \(Figures.share(point.recall)) at the marked score."),
        note: precision)
    }
    guard !all.isEmpty else { return nil }
    figures = Array(all.prefix(Self.shownCount))
    folded = Array(all.dropFirst(Self.shownCount))
    hasFolded = !folded.isEmpty
    foldedCount = Figures.count(folded.count, "more class", "more classes")
  }
}
