/// How long the steps of detection took.
struct SpeedSection {
  let table: PageModel.Table
  let imageCount: String

  /// nil when nothing was timed.
  init?(_ contents: ReportContents) {
    guard !contents.timings.isEmpty else { return nil }
    imageCount = Figures.count(contents.images.count, "image")
    let full = contents.timings.map(\.percentile95).max() ?? 1
    func row(_ timing: ReportContents.StepTiming) -> PageModel.Row {
      PageModel.Row(
        head: timing.name,
        cells: [
          PageModel.Cell(Figures.milliseconds(timing.median), bar: timing.median, of: full),
          PageModel.Cell(
            Figures.milliseconds(timing.percentile95), bar: timing.percentile95, of: full),
        ])
    }
    table = PageModel.Table(
      caption: "Milliseconds for an image",
      columns: [
        PageModel.Column(title: "step", isNumber: false), .init(title: "p50"), .init(title: "p95"),
      ],
      rows: contents.timings.filter { !$0.isTotal }.map(row),
      total: contents.timings.first(where: \.isTotal).map(row))
  }
}
