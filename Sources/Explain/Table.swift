import Images

/// Numbers in rows and columns, with hairlines between the rows.
struct Table {
  /// What stands in a place.
  struct Cell: ExpressibleByStringInterpolation {
    var text: String
    var color = Palette.ink
    var isStrong = false
    var fill: Color?

    init(_ text: String, color: Color = Palette.ink, isStrong: Bool = false, fill: Color? = nil) {
      self.text = text
      self.color = color
      self.isStrong = isStrong
      self.fill = fill
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  /// Widths in units; a negative width means that the column's text stands to the right.
  var columns: [Double]
  var header: [String]
  var rows: [[Cell]]
  var rowHeight = 21.0
  var style = TextStyle.small

  /// Of all rows and the header.
  var height: Double { rowHeight * Double(rows.count + (header.isEmpty ? 0 : 1)) }

  /// Of all columns.
  var width: Double { columns.reduce(0) { $0 + abs($1) } }

  func draw(on figure: Figure, at point: (x: Double, y: Double)) {
    var y = point.y
    if !header.isEmpty {
      row(header.map { Cell($0, color: Palette.muted) }, y, point.x, figure)
      y += rowHeight
      figure.rule(x: point.x, y: y, width: width, color: Palette.muted)
    }
    for (index, cells) in rows.enumerated() {
      row(cells, y, point.x, figure)
      y += rowHeight
      if index + 1 < rows.count { figure.rule(x: point.x, y: y, width: width) }
    }
  }

  private func row(_ cells: [Cell], _ y: Double, _ start: Double, _ figure: Figure) {
    var x = start
    for (cell, column) in zip(cells, columns) {
      let width = abs(column)
      if let fill = cell.fill {
        figure.canvas.fill(
          Rectangle(x: x + 1, y: y + 1.5, width: width - 2, height: rowHeight - 3), color: fill,
          cornerRadius: 3)
      }
      let text = cell.isStrong ? "*{\(cell.text)}" : cell.text
      figure.write(
        text, at: (column < 0 ? x + width - 6 : x + 6, y + rowHeight / 2), style,
        color: cell.color, anchor: column < 0 ? .right : .left, maximumWidth: width - 8)
      x += width
    }
  }
}
