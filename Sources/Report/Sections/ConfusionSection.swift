import Evaluation

/// What objects are taken for.
struct ConfusionSection {
  /// A matrix of more classes would be too large to be read.
  private static let mostClasses = 20
  private static let mostPairs = 15

  struct MatrixRow {
    let head: String
    let cells: [MatrixCell]
  }

  struct MatrixCell {
    let text: String
    /// The shade and what it stands for.
    let style: String
    let note: String
  }

  let score: String
  let overlap: String
  let columns: [String]
  let rows: [MatrixRow]
  /// Says which classes are shown, where not all are.
  let selection: String?
  let pairs: PageModel.Table?

  init(_ findings: ReportFindings) {
    let matrix = findings.confusion
    let classes = matrix.classes
    score = Figures.share(Double(matrix.minimumScore))
    overlap = Figures.number(matrix.minimumOverlap)
    let shown = Self.shownClasses(matrix)
    selection =
      shown.count < classes.count
      ? "The \(shown.count) classes with the most errors of \(classes.count) are shown; the background's "
        + "row and the column of missed objects are theirs, too."
      : nil
    columns = shown.map { classes.label(at: $0) } + ["missed"]
    rows = (shown + [0]).map { truth in
      MatrixRow(
        head: truth == 0 ? "background" : classes.label(at: truth),
        cells: (shown + [0]).map { Self.cell(matrix, truth, $0) })
    }
    let confusions = matrix.confusions.prefix(Self.mostPairs)
    pairs =
      confusions.isEmpty
      ? nil
      : PageModel.Table(
        caption: "Most frequent confusions",
        columns: [
          PageModel.Column(title: "object", isNumber: false),
          .init(title: "taken for", isNumber: false), .init(title: "times"),
          .init(title: "of its objects"),
        ],
        rows: confusions.map { pair in
          let share = Double(pair.count) / Double(max(matrix.total(truth: pair.truth), 1))
          return PageModel.Row(
            head: classes.label(at: pair.truth),
            cells: [
              PageModel.Cell(classes.label(at: pair.predicted), isNumber: false),
              PageModel.Cell(Figures.count(pair.count)),
              PageModel.Cell(Figures.share(share), bar: share),
            ])
        })
  }

  /// All classes, or those with the most errors, in the order of the list.
  private static func shownClasses(_ matrix: ConfusionMatrix) -> [Int] {
    let all = Array(1...matrix.classes.count)
    guard all.count > mostClasses else { return all }
    let errors = all.map { index in
      let column = (0...matrix.classes.count).reduce(0) { $0 + matrix[$1, index] }
      return matrix.total(truth: index) + column - 2 * matrix[index, index]
    }
    return Array(all.sorted { errors[$0 - 1] > errors[$1 - 1] }.prefix(mostClasses)).sorted()
  }

  private static func cell(_ matrix: ConfusionMatrix, _ truth: Int, _ predicted: Int) -> MatrixCell
  {
    guard truth > 0 || predicted > 0 else { return MatrixCell(text: "", style: "void", note: "") }
    let classes = matrix.classes
    let count = matrix[truth, predicted]
    // Of the background there is no number; its row compares with the detections of the class.
    let whole =
      truth > 0
      ? matrix.total(truth: truth)
      : (0...classes.count).reduce(0) { $0 + matrix[$1, predicted] }
    let share = whole > 0 ? Double(count) / Double(whole) : 0
    let shade =
      count == 0 ? 0 : share < 0.1 ? 1 : share < 0.25 ? 2 : share < 0.5 ? 3 : share < 0.75 ? 4 : 5
    let what =
      switch (truth, predicted) {
      case (0, _): "\(classes.label(at: predicted)) seen in the background"
      case (_, 0): "\(classes.label(at: truth)) missed"
      case (let truth, let predicted) where truth == predicted: "\(classes.label(at: truth)) found"
      default: "\(classes.label(at: truth)) taken for \(classes.label(at: predicted))"
      }
    return MatrixCell(
      text: count == 0 ? "·" : Figures.count(count),
      style: (truth == predicted ? "right" : "wrong") + " shade\(shade)",
      note: "\(what): \(count), \(Figures.share(share))")
  }
}
