/// A grid of captioned pictures under a title: what a data set or a batch looks like.
public struct ContactSheet: Hashable, Sendable {
  /// A picture and what stands below it.
  public struct Entry: Hashable, Sendable {
    /// The picture, of any size.
    public var image: Image
    /// One line; cut if it is too long.
    public var caption: String

    /// A picture and its caption.
    public init(image: Image, caption: String = "") {
      self.image = image
      self.caption = caption
    }
  }

  /// What a colour in the pictures stands for.
  public struct Key: Hashable, Sendable {
    /// A word or two.
    public var text: String
    /// The colour.
    public var color: Color

    /// A colour and what it stands for.
    public init(_ text: String, _ color: Color) {
      self.text = text
      self.color = color
    }
  }

  /// What stands above the grid; nothing if empty.
  public var title: String

  /// A smaller line below the title; nothing if empty.
  public var subtitle: String

  /// The colours, below that; crowded boxes have no room for labels.
  public var keys: [Key]

  /// The pictures, row by row.
  public var entries: [Entry]

  /// Pictures in a row; nil for a sheet somewhat wider than high.
  public var columns: Int?

  /// The width of a picture's place, in pixels.
  public var thumbnailWidth: Int

  /// A sheet of pictures, 4 : 3 a place, in which each keeps its proportions.
  public init(
    title: String, subtitle: String = "", keys: [Key] = [], entries: [Entry], columns: Int? = nil,
    thumbnailWidth: Int = 280
  ) {
    self.title = title
    self.subtitle = subtitle
    self.keys = keys
    self.entries = entries
    self.columns = columns
    self.thumbnailWidth = thumbnailWidth
  }

  /// The sheet, drawn.
  ///
  /// Where it would be larger than a canvas can be, the pictures become smaller.
  ///
  /// - Throws: `ImageError` where nothing can be drawn because Cairo or Pango is missing.
  public var canvas: Canvas {
    get throws(ImageError) {
      let columns = max(1, min(columns ?? automaticColumns, max(1, entries.count)))
      let rows = (entries.count + columns - 1) / columns
      var layout = try Layout(sheet: self, columns: columns, rows: rows, width: thumbnailWidth)
      while max(layout.size.width, layout.size.height) > Canvas.maximumSide, layout.width > 16 {
        layout = try Layout(sheet: self, columns: columns, rows: rows, width: layout.width * 3 / 4)
      }
      return try draw(layout)
    }
  }

  private var automaticColumns: Int {
    Int((1.15 * Double(max(1, entries.count))).squareRoot().rounded(.up))
  }

  private struct Layout {
    var width: Int
    var height: Int
    var columns: Int
    var gap: Double
    var margin: Double
    var font: Font
    var titleFont: Font
    /// Of the title and the lines below it.
    var header: Double
    /// Where each of the keys stands, from the left end of the first line of them.
    var keys: [(x: Double, line: Int)] = []
    var keysTop: Double
    var keyHeight: Double
    var captionHeight: Double
    var size: (width: Int, height: Int)

    init(sheet: ContactSheet, columns: Int, rows: Int, width: Int) throws(ImageError) {
      let width = max(16, width)
      self.width = width
      self.columns = columns
      height = max(1, width * 3 / 4)
      gap = (Double(width) * 0.06).rounded(.up)
      margin = 2 * gap
      font = Font(size: max(9, Double(width) * 0.046))
      titleFont = Font(size: max(14, Double(width) * 0.085), weight: .bold)
      captionHeight =
        sheet.entries.contains { !$0.caption.isEmpty } ? (1.9 * font.size).rounded() : 0
      header =
        (sheet.title.isEmpty ? 0 : 1.5 * titleFont.size)
        + (sheet.subtitle.isEmpty ? 0 : 1.7 * font.size)
      let totalWidth = 2 * margin + Double(columns * width) + Double(columns - 1) * gap
      keysTop = header
      keyHeight = (1.7 * font.size).rounded()
      let ruler = try Canvas(width: 1, height: 1)
      var (x, line) = (0.0, 0)
      for key in sheet.keys {
        // A square, the text, and room to the next: how wide letters are depends on the canvas.
        let keyWidth = 3 * font.size + 1.04 * ruler.size(of: key.text, font: font).width
        if x > 0, x + keyWidth > totalWidth - 2 * margin { (x, line) = (0, line + 1) }
        keys.append((x, line))
        x += keyWidth
      }
      if !keys.isEmpty { header += Double(line + 1) * keyHeight }
      if header > 0 { header = (header + gap).rounded() }
      let total = (
        width: totalWidth,
        height: 2 * margin + header + Double(rows) * (Double(height) + captionHeight)
          + Double(max(0, rows - 1)) * gap
      )
      size = (Int(total.width.rounded(.up)), Int(total.height.rounded(.up)))
    }
  }

  private func draw(_ layout: Layout) throws(ImageError) -> Canvas {
    let canvas = try Canvas(
      width: min(layout.size.width, Canvas.maximumSide),
      height: min(layout.size.height, Canvas.maximumSide), background: Color(hex: 0x16181D))
    let textWidth = Double(canvas.width) - 2 * layout.margin
    canvas.text(
      title, at: (layout.margin, layout.margin), font: layout.titleFont,
      color: Color(hex: 0xF4F5F7), maximumWidth: textWidth)
    canvas.text(
      subtitle,
      at: (layout.margin, layout.margin + (title.isEmpty ? 0 : 1.5 * layout.titleFont.size)),
      font: layout.font, color: Color(hex: 0x9BA3AF), maximumWidth: textWidth)

    for (key, place) in zip(keys, layout.keys) {
      let size = layout.font.size
      let x = layout.margin + place.x
      let middle =
        layout.margin + layout.keysTop + (Double(place.line) + 0.5) * layout.keyHeight
      canvas.fill(
        Rectangle(x: x, y: middle - size / 2, width: size, height: size), color: key.color,
        cornerRadius: 0.2 * size)
      canvas.text(
        key.text, at: (x + 1.5 * size, middle), font: layout.font, color: Color(hex: 0xC9CED6),
        anchor: .left)
    }

    let (width, height) = (Double(layout.width), Double(layout.height))
    for (index, entry) in entries.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: layout.columns)
      let x = layout.margin + Double(column) * (width + layout.gap)
      let y =
        layout.margin + layout.header
        + Double(row) * (height + layout.captionHeight + layout.gap)
      let radius = 0.02 * width
      let place = Rectangle(x: x, y: y, width: width, height: height)
      canvas.fill(place, color: Color(hex: 0x22252C), cornerRadius: radius)
      let scale = min(width / Double(entry.image.width), height / Double(entry.image.height))
      let fitted = (
        width: max(1, (Double(entry.image.width) * scale).rounded()),
        height: max(1, (Double(entry.image.height) * scale).rounded())
      )
      canvas.draw(
        entry.image,
        in: Rectangle(
          x: x + ((width - fitted.width) / 2).rounded(),
          y: y + ((height - fitted.height) / 2).rounded(), width: fitted.width,
          height: fitted.height), cornerRadius: radius)
      canvas.text(
        entry.caption, at: (x, y + height + layout.captionHeight / 2),
        font: layout.font, color: Color(hex: 0xC9CED6), anchor: .left, maximumWidth: width)
    }
    return canvas
  }
}
