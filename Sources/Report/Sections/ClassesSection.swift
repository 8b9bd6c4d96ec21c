import Evaluation

/// Average precision class by class.
struct ClassesSection {
  let table: PageModel.Table

  init(_ findings: ReportFindings) {
    let means = findings.report.mean
    table = PageModel.Table(
      caption: "Average precision by class",
      columns: [
        PageModel.Column(title: "class", isNumber: false), .init(title: "11 points"),
        .init(title: "area"), .init(title: "COCO"), .init(title: "objects"),
        .init(title: "difficult"), .init(title: "detections"),
      ],
      rows: zip(findings.report.classes, findings.cocoAveragePrecisions).map { figures, coco in
        PageModel.Row(
          head: figures.label,
          cells: [
            PageModel.Cell(Figures.share(figures.voc07), bar: figures.voc07),
            PageModel.Cell(Figures.share(figures.voc), bar: figures.voc),
            PageModel.Cell(Figures.share(coco), bar: coco),
            PageModel.Cell(Figures.count(figures.objectCount)),
            PageModel.Cell(Figures.count(figures.difficultCount)),
            PageModel.Cell(Figures.count(figures.detectionCount)),
          ])
      },
      isSortable: findings.report.classes.count > 2,
      total: PageModel.Row(
        head: "mean, sum",
        cells: [
          PageModel.Cell(Figures.share(means.voc07)), PageModel.Cell(Figures.share(means.voc)),
          PageModel.Cell(Figures.share(means.coco?.ap)),
          PageModel.Cell(Figures.count(findings.report.classes.reduce(0) { $0 + $1.objectCount })),
          PageModel.Cell(
            Figures.count(findings.report.classes.reduce(0) { $0 + $1.difficultCount })),
          PageModel.Cell(
            Figures.count(findings.report.classes.reduce(0) { $0 + $1.detectionCount })),
        ]))
  }
}
