import Images
import MultiBox

/// Which of many boxes around the same objects stay.
public struct SuppressionExplanation: Explanation {
  private let scene: ExplainedScene
  /// The candidates, best first.
  public let candidates: CandidateBoxes
  /// The places of those that stay.
  public let kept: [Int]
  private let iouThreshold: Float
  private let source: String

  /// More rows than this do not fit into the table.
  private static let tableLimit = 10

  /// Suppresses the lesser of candidates that overlap.
  ///
  /// - Parameters:
  ///   - iouThreshold: a candidate that overlaps a kept one by more is dropped.
  ///   - source: where the candidates come from, a sentence.
  public init(
    _ scene: ExplainedScene, candidates: CandidateBoxes, iouThreshold: Float = 0.5, source: String
  ) {
    self.scene = scene
    self.candidates = candidates
    self.iouThreshold = iouThreshold
    self.source = source
    kept = nms(candidates.boxes, scores: candidates.scores, iouThreshold: iouThreshold)
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let gap = 20.0
    let panelWidth = (Figure.width - 2 * Figure.margin - gap) / 2
    let panelHeight = PicturePanel.height(of: scene.image, width: panelWidth)
    let shown = min(candidates.boxes.count, Self.tableLimit)
    let tableHeight = 22.0 * Double(shown + 1)
    let figure = try Figure(
      "Suppression: one box for each object",
      """
      Many priors find the same object. From the best candidate of a class downwards, each one that \
      overlaps a kept one by more than \(trimmed(iouThreshold)) is dropped: of \
      \(candidates.boxes.count) candidates for *{\(candidates.label)} \(kept.count) \
      \(kept.count == 1 ? "stays" : "stay").
      """,
      contentHeight: 22 + panelHeight + 22 + 20 + tableHeight + 8,
      note: note(shown), pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    let titles = ["Before: \(candidates.boxes.count) candidates", "After: \(kept.count)"]
    for (index, title) in titles.enumerated() {
      let left = x + Double(index) * (panelWidth + gap)
      figure.write(title, at: (left, y), .heading)
      let panel = PicturePanel(
        scene.image, on: figure,
        frame: Rectangle(x: left, y: y + 22, width: panelWidth, height: panelHeight), veil: 0.15)
      figure.canvas.clipped(to: panel.frame, cornerRadius: 4) { draw(panel, isAfter: index == 1) }
    }
    let below = y + 22 + panelHeight + 22
    figure.write(
      "Overlap of every two candidates, and what becomes of each", at: (x, below), .heading)
    table(on: figure, x: x, y: below + 22, count: shown)
    return figure
  }

  private func note(_ shown: Int) -> String {
    let rest = candidates.boxes.count - shown
    return source + (rest > 0 ? " The table shows the best \(shown)." : "")
  }

  /// A, B, C ... Z, then numbers.
  private func name(_ index: Int) -> String {
    index < 26 ? String(UnicodeScalar(UInt8(65 + index))) : String(index + 1)
  }

  private func draw(_ panel: PicturePanel, isAfter: Bool) {
    let stays = Set(kept)
    let visible = candidates.boxes.indices.filter { !isAfter || stays.contains($0) }
    panel.label(
      visible.reversed().map { index in
        let text =
          index < Self.tableLimit || stays.contains(index)
          ? "\(name(index)) \(decimal(candidates.scores[index]))" : ""
        return panel.labeled(
          candidates.boxes[index], text,
          color: stays.contains(index) ? Palette.prediction : Palette.negative,
          dashes: stays.contains(index) ? [] : [2.5, 1.8])
      }, lineWidth: 1.8)
  }

  private func table(on figure: Figure, x: Double, y: Double, count: Int) {
    let overlapWidth = min(46, (figure.content.width - 96 - 150) / Double(max(count, 1)))
    let stays = Set(kept)
    let indices = 0..<count
    Table(
      columns: [34, -56] + indices.map { _ in -overlapWidth } + [16, 150],
      header: ["", "score"] + indices.map(name) + ["", ""],
      rows: indices.map { row in
        let keeper = self.keeper(of: row)
        var cells: [Table.Cell] = [
          Table.Cell(
            name(row), color: stays.contains(row) ? Palette.prediction : Palette.negative,
            isStrong: true),
          Table.Cell(decimal(candidates.scores[row])),
        ]
        for column in indices {
          guard column != row else {
            cells.append(Table.Cell("–", color: Palette.bar))
            continue
          }
          let overlap = candidates.boxes[row].iou(with: candidates.boxes[column])
          cells.append(
            Table.Cell(
              decimal(overlap), color: overlap > iouThreshold ? Palette.ink : Palette.muted,
              isStrong: keeper == column,
              fill: keeper == column ? Palette.negative.opacity(0.2) : nil))
        }
        cells.append("")
        cells.append(
          stays.contains(row)
            ? Table.Cell("stays", color: Palette.prediction, isStrong: true)
            : Table.Cell("dropped: like \(name(keeper ?? 0))", color: Palette.negative))
        return cells
      }, rowHeight: 22
    ).draw(on: figure, at: (x, y))
  }

  /// The kept candidate because of which another is dropped.
  private func keeper(of index: Int) -> Int? {
    guard !kept.contains(index) else { return nil }
    return kept.first {
      $0 < index && candidates.boxes[$0].iou(with: candidates.boxes[index]) > iouThreshold
    }
  }
}
