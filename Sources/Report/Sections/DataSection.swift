import Evaluation
import Foundation
import MultiBox

/// What the images hold.
struct DataSection {
  let sentence: String
  let table: PageModel.Table
  let figures: [PageModel.Figure]

  init(_ contents: ReportContents, _ findings: ReportFindings) {
    let objects = contents.images.flatMap(\.objects)
    let difficult = objects.count { $0.isDifficult }
    sentence =
      "\(Figures.count(contents.images.count, "image")), \(Figures.count(objects.count, "object")), "
      + "\(Figures.count(difficult)) of them difficult; "
      + "\(Figures.count(contents.images.count { $0.objects.isEmpty }, "image")) without objects."
    let most = findings.report.classes.map { $0.objectCount + $0.difficultCount }.max() ?? 1
    let holders = Self.imageCounts(contents)
    table = PageModel.Table(
      caption: "Objects by class",
      columns: ["class", "objects", "of them difficult", "images"].enumerated().map {
        PageModel.Column(title: $1, isNumber: $0 > 0)
      },
      rows: findings.report.classes.enumerated().map { index, figures in
        let count = figures.objectCount + figures.difficultCount
        return PageModel.Row(
          head: figures.label,
          cells: [
            PageModel.Cell(Figures.count(count), bar: Double(count), of: Double(max(most, 1))),
            PageModel.Cell(Figures.count(figures.difficultCount)),
            PageModel.Cell(Figures.count(holders[index + 1])),
          ])
      }, isSortable: findings.report.classes.count > 2)
    figures = [
      Self.figure(
        "Objects in an image", Self.perImage(contents), xLabel: "objects", unit: "images"),
      Self.figure(
        "Size of objects", Self.sizes(contents),
        xLabel: "side of an equal square, % of the image's",
        unit: "objects"),
      Self.figure(
        "Shape of objects", Self.shapes(objects), xLabel: "width : height", unit: "objects"),
    ]
  }

  private static func figure(
    _ title: String, _ bins: [Histogram.Bin], xLabel: String, unit: String
  ) -> PageModel.Figure {
    let text = bins.filter { $0.count > 0 }.map { "\($0.label): \(Figures.count($0.count))" }
    return PageModel.Figure(
      title: title,
      svg: Histogram(bins: bins, xLabel: xLabel, unit: unit).svg(
        description: "\(title), \(unit) by \(xLabel): \(text.joined(separator: "; "))."),
      note: "number of \(unit)")
  }

  /// By class index, images that hold an object of the class.
  private static func imageCounts(_ contents: ReportContents) -> [Int] {
    var counts = Array(repeating: 0, count: contents.classes.count + 1)
    for image in contents.images {
      for index in Set(image.objects.map(\.classIndex)) { counts[index] += 1 }
    }
    return counts
  }

  private static func perImage(_ contents: ReportContents) -> [Histogram.Bin] {
    let counts = contents.images.map(\.objects.count)
    let most = max(counts.max() ?? 0, 1)
    let width = (most + 12) / 12
    return stride(from: 0, through: most, by: width).map { start in
      Histogram.Bin(
        label: width == 1 ? "\(start)" : "\(start)–\(start + width - 1)",
        count: counts.count { (start..<start + width).contains($0) })
    }
  }

  private static func sizes(_ contents: ReportContents) -> [Histogram.Bin] {
    let sides = contents.images.flatMap { image in
      image.objects.map { object in
        100 * (Double(object.box.area) / Double(image.width * image.height)).squareRoot()
      }
    }
    return stride(from: 0, to: 100, by: 10).map { start in
      let start = Double(start)
      return Histogram.Bin(
        label: Figures.number(start),
        count: sides.count { $0 >= start && ($0 < start + 10 || start == 90) })
    }
  }

  /// Between the geometric means of neighbouring round ratios.
  private static func shapes(_ objects: [GroundTruthObject]) -> [Histogram.Bin] {
    let ratios: [(label: String, value: Double)] = [
      ("1:4", 0.25), ("1:3", 1.0 / 3), ("1:2", 0.5), ("2:3", 2.0 / 3), ("1:1", 1), ("3:2", 1.5),
      ("2:1", 2), ("3:1", 3), ("4:1", 4),
    ]
    var counts = Array(repeating: 0, count: ratios.count)
    for object in objects where !object.box.isDegenerate {
      let shape = log(Double(object.box.width) / Double(object.box.height))
      let nearest = ratios.indices.min { left, right in
        abs(log(ratios[left].value) - shape) < abs(log(ratios[right].value) - shape)
      }
      if let nearest { counts[nearest] += 1 }
    }
    return zip(ratios, counts).map { Histogram.Bin(label: $0.label, count: $1) }
  }
}
