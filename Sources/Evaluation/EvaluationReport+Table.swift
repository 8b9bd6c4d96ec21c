import Foundation

extension EvaluationReport: CustomStringConvertible {
  /// The report as a table of plain text, a line for each class.
  public var description: String {
    let header = ["class", "AP (11-point)", "AP (area)", "objects", "difficult", "detections"]
    let rows = classes.map { figures in
      [
        figures.label, Self.text(figures.voc07), Self.text(figures.voc),
        String(figures.objectCount), String(figures.difficultCount), String(figures.detectionCount),
      ]
    }
    let total = [
      "mean", Self.text(mean.voc07), Self.text(mean.voc),
      String(classes.reduce(0) { $0 + $1.objectCount }),
      String(classes.reduce(0) { $0 + $1.difficultCount }),
      String(classes.reduce(0) { $0 + $1.detectionCount }),
    ]
    let widths = header.indices.map { column in
      ([header, total] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    var lines = [line(header), rule] + rows.map(line) + [rule, line(total)]
    if !classesWithoutObjects.isEmpty {
      lines.append(
        "without objects, not in the mean: \(classesWithoutObjects.joined(separator: ", "))")
    }
    if let coco = mean.coco { lines += ["", "COCO"] + Self.lines(coco) }
    return lines.joined(separator: "\n")
  }

  /// COCO's figures, three to a line.
  private static func lines(_ figures: COCOFigures) -> [String] {
    let cells = figures.named.map { name, value in
      name.padding(toLength: 8, withPad: " ", startingAt: 0) + "  " + text(value)
    }
    return stride(from: 0, to: cells.count, by: 3).map { start in
      cells[start..<min(start + 3, cells.count)].joined(separator: "    ")
    }
  }

  private static func text(_ figure: Double?) -> String {
    figure.map { String(format: "%.4f", $0) } ?? "–     "
  }
}
