import Evaluation

/// Average precision of small, medium and large objects.
struct SizesSection {
  let table: PageModel.Table

  init(_ findings: ReportFindings) {
    let coco = findings.report.mean.coco
    let sizes = [
      ("Small", "up to 32 × 32 pixels", coco?.smallAP, coco?.smallAR),
      ("Medium", "to 96 × 96 pixels", coco?.mediumAP, coco?.mediumAR),
      ("Large", "from 96 × 96 pixels", coco?.largeAP, coco?.largeAR),
    ]
    table = PageModel.Table(
      caption: "Figures by object size",
      columns: [
        PageModel.Column(title: "size", isNumber: false), .init(title: "objects"),
        .init(title: "AP"), .init(title: "recall"),
      ],
      rows: zip(sizes, findings.sizeCounts).map { size, count in
        PageModel.Row(
          head: size.0, note: size.1,
          cells: [
            PageModel.Cell(Figures.count(count)),
            PageModel.Cell(Figures.share(size.2), bar: size.2),
            PageModel.Cell(Figures.share(size.3), bar: size.3),
          ])
      },
      total: PageModel.Row(
        head: "All",
        cells: [
          PageModel.Cell(Figures.count(findings.sizeCounts.reduce(0, +))),
          PageModel.Cell(Figures.share(coco?.ap)), PageModel.Cell(Figures.share(coco?.ar100)),
        ]))
  }
}
