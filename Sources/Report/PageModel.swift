/// The values that templates fill in. A template names the properties.
enum PageModel {
  /// A table; its first column is the rows' header.
  struct Table {
    let caption: String
    let columns: [Column]
    let rows: [Row]
    /// Few columns are hard to follow over the whole width of a page.
    let isNarrow: Bool
    /// Whether a reader with script may order it.
    let isSortable: Bool
    /// A last row with means or sums.
    let total: Row?

    init(
      caption: String, columns: [Column], rows: [Row], isSortable: Bool = false, total: Row? = nil
    ) {
      self.caption = caption
      self.columns = columns
      self.rows = rows
      self.isSortable = isSortable
      self.total = total
      isNarrow = columns.count < 6
    }
  }

  struct Column {
    let title: String
    var isNumber = true
  }

  struct Row {
    let head: String
    /// The style of a coloured mark before the header.
    var marker: String?
    var note: String?
    let cells: [Cell]
  }

  struct Cell {
    let text: String
    /// The length of a bar under the text, 0...1, as a style takes it.
    var bar: String?
    var isNumber = true

    init(_ text: String, isNumber: Bool = true) {
      self.text = text
      self.isNumber = isNumber
    }

    /// A figure with a bar of its share of `full`.
    init(_ text: String, bar value: Double?, of full: Double = 1) {
      self.text = text
      guard let value, value.isFinite, full > 0 else { return }
      bar = Figures.coordinate(min(max(value / full, 0), 1) * 100)
    }
  }

  /// A chart under a title.
  struct Figure {
    let title: String
    let svg: String
    var legend: [LegendEntry] = []
    var note: String?
  }

  struct LegendEntry {
    let style: String
    let name: String
  }

  struct NavigationEntry {
    let id: String
    let title: String
  }
}

extension SettingsGroup {
  var table: PageModel.Table {
    PageModel.Table(
      caption: title,
      columns: [
        PageModel.Column(title: "setting", isNumber: false), .init(title: "value", isNumber: false),
      ],
      rows: entries.map { entry in
        PageModel.Row(head: entry.name, cells: [PageModel.Cell(entry.value, isNumber: false)])
      })
  }
}
