import Evaluation
import Images

/// How the sorted detections of a class become a curve, and the curve one number, by two rules.
public struct AveragePrecisionExplanation: Explanation, Sendable {
  /// Precision and recall, detection by detection.
  public let curve: PrecisionRecallCurve
  private let isHit: [Bool]

  /// A curve from the outcomes of detections, best first.
  ///
  /// - Parameters:
  ///   - isHit: whether a detection found an object not found before.
  ///   - objectCount: how many objects there are to be found.
  public init(isHit: [Bool], objectCount: Int) {
    // Only their order matters.
    let scores = isHit.indices.map { -Float($0) }
    curve = PrecisionRecallCurve(scores: scores, isHit: isHit, objectCount: objectCount)
    self.isHit = isHit
  }

  /// Five detections of four objects, one of which is never found.
  public static let example = AveragePrecisionExplanation(
    isHit: [true, true, false, true, false], objectCount: 4)

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let side = 320.0
    let figure = try Figure(
      "Average precision",
      """
      The detections of a class, best first. After each, precision says how much of what was reported \
      is true, recall how much of what is there was reported. The curve is made to fall: each recall \
      gets the best precision at that recall or a higher one.
      """,
      contentHeight: 22 + side + 34 + 10 + Legend.rowHeight,
      pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    figure.write(
      "\(isHit.count) detections, \(curve.objectCount) objects", at: (x, y), .heading)
    Table(
      columns: [34, 84, -80, -80], header: ["", "", "precision", "recall"],
      rows: isHit.indices.map { index in
        [
          Table.Cell(String(index + 1), color: Palette.muted),
          Table.Cell(
            isHit[index] ? "hit" : "false",
            color: isHit[index] ? Palette.prediction : Palette.negative, isStrong: true),
          Table.Cell(decimal(curve.precision[index])), Table.Cell(decimal(curve.recall[index])),
        ]
      }
    ).draw(on: figure, at: (x, y + 22))
    drawAverages(on: figure, y: y + 22 + 22 * Double(isHit.count + 1) + 30)
    let left = figure.content.right - side
    figure.write("Precision over recall", at: (left, y), .heading)
    let plot = Rectangle(x: left, y: y + 26, width: side, height: side)
    drawAxes(plot, on: figure)
    drawCurve(plot, on: figure)
    Legend([
      (.dot(Palette.forced), "at 11 recalls"), (.line(Palette.prediction), "made to fall"),
      (.line(Palette.prior), "after each detection"),
      (.area(Palette.prediction.opacity(0.25)), "area"),
    ]).draw(on: figure, at: (x, plot.bottom + 34))
    return figure
  }

  private func drawAverages(on figure: Figure, y: Double) {
    let heights = (0...10).map { height(at: Double($0) / 10) }
    let steps = steps
    let rules = [
      (
        "VOC 2007: mean of 11 heights",
        "("
          + Self.counted(heights).map { "\($0.count) × \(trimmed($0.value, 2))" }
          .joined(separator: " + ") + ") / 11", curve.elevenPointAveragePrecision
      ),
      (
        "Since 2010: area below the steps",
        steps.map { "\(trimmed($0.width, 2)) × \(trimmed($0.height, 2))" }.joined(separator: " + "),
        curve.areaAveragePrecision
      ),
    ]
    for (index, (name, formula, value)) in rules.enumerated() {
      let top = y + 62 * Double(index)
      let width = 290.0
      figure.write(name, at: (figure.content.x, top), .heading, maximumWidth: width)
      figure.write(
        "\(formula) = *{\(decimal(value ?? 0, 3))}", at: (figure.content.x, top + 20),
        maximumWidth: width)
    }
  }

  /// The steps of the curve that was made to fall, from left to right.
  private var steps: [(width: Double, height: Double)] {
    var result: [(width: Double, height: Double)] = []
    var reached = 0.0
    for recall in curve.recall where recall > reached {
      let height = height(at: recall)
      if let last = result.last, last.height == height {
        result[result.count - 1].width += recall - reached
      } else {
        result.append((recall - reached, height))
      }
      reached = recall
    }
    return result
  }

  /// Equal neighbours, and how many there are of each.
  private static func counted(_ values: [Double]) -> [(value: Double, count: Int)] {
    values.reduce(into: []) { result, value in
      if let last = result.last, last.value == value {
        result[result.count - 1].count += 1
      } else {
        result.append((value, 1))
      }
    }
  }

  private func point(_ recall: Double, _ precision: Double, _ plot: Rectangle) -> (
    x: Double, y: Double
  ) {
    (plot.x + recall * plot.width, plot.bottom - precision * plot.height)
  }

  private func drawAxes(_ plot: Rectangle, on figure: Figure) {
    for tenths in stride(from: 0, through: 10, by: 2) {
      let value = Double(tenths) / 10
      let place = point(value, value, plot)
      figure.rule(x: plot.x, y: place.y, width: plot.width)
      figure.write(
        trimmed(value, 1), at: (plot.x - 7, place.y), .small, color: Palette.muted, anchor: .right)
      figure.write(
        trimmed(value, 1), at: (place.x, plot.bottom + 5), .small, color: Palette.muted,
        anchor: .top)
    }
    figure.write(
      "recall", at: (plot.x + plot.width / 2, plot.bottom + 18), .small, color: Palette.muted,
      anchor: .top)
    figure.write(
      "precision", at: (plot.x - 30, plot.y + plot.height / 2), .small, color: Palette.muted,
      anchor: .center, angle: -.pi / 2)
  }

  /// The best precision at a recall or a higher one; 0 beyond the last.
  private func height(at recall: Double) -> Double {
    zip(curve.recall, curve.precision).filter { $0.0 >= recall }.map(\.1).max() ?? 0
  }

  private func drawCurve(_ plot: Rectangle, on figure: Figure) {
    var outline: [(x: Double, y: Double)] = []
    var reached = 0.0
    for step in steps {
      outline.append(point(reached, step.height, plot))
      reached += step.width
      outline.append(point(reached, step.height, plot))
    }
    outline.append(point(reached, 0, plot))
    figure.canvas.fillPolygon(
      outline + [point(0, 0, plot)], color: Palette.prediction.opacity(0.15))
    figure.canvas.polyline(outline, color: Palette.prediction, lineWidth: 2.4)
    let raw = zip(curve.recall, curve.precision).map { point($0, $1, plot) }
    figure.canvas.polyline(raw, color: Palette.prior, lineWidth: 1.4, dashes: [4, 3])
    for (index, place) in raw.enumerated() {
      figure.dot(at: place, color: Palette.prior, radius: 2.4)
      figure.write(
        String(index + 1), at: (place.x + 7, place.y + 4), .tiny, color: Palette.prior)
    }
    for tenths in 0...10 {
      let recall = Double(tenths) / 10
      figure.dot(at: point(recall, height(at: recall), plot), color: Palette.forced, radius: 2.8)
    }
  }
}
