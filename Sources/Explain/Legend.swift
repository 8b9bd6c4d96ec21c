import Images

/// What the colours and lines of a picture mean.
struct Legend {
  /// How a thing is drawn in the picture.
  enum Sample {
    case line(Color, dashes: [Double] = [])
    case area(Color)
    case dot(Color)
  }

  var entries: [(sample: Sample, text: String)]

  static let rowHeight = 18.0

  init(_ entries: [(sample: Sample, text: String)]) { self.entries = entries }

  /// The height that the entries need where a row is so wide.
  func height(width: Double = Figure.width - 2 * Figure.margin) throws(ImageError) -> Double {
    let ruler = try Canvas(width: 1, height: 1)
    let places = places(width: width) {
      ruler.size(of: Formula($0), font: TextStyle.small.font).width
    }
    return Double((places.last?.row ?? -1) + 1) * Self.rowHeight
  }

  /// Row and distance from the left of every entry.
  private func places(
    width: Double, of textWidth: (String) -> Double
  ) -> [(row: Int, x: Double)] {
    var (row, x) = (0, 0.0)
    return entries.map { entry in
      // A little more than the text: how wide letters are depends on the canvas.
      let entryWidth = 21 + 1.04 * textWidth(entry.text)
      if x > 0, x + entryWidth > width { (row, x) = (row + 1, 0) }
      defer { x += entryWidth + 18 }
      return (row, x)
    }
  }

  /// Draws the entries from left to right, in as many rows as they need.
  func draw(
    on figure: Figure, at point: (x: Double, y: Double),
    width: Double = Figure.width - 2 * Figure.margin
  ) {
    let ruler = figure.canvas.blank(width: 1, height: 1)
    let places = places(width: width) {
      ruler.size(of: Formula($0), font: TextStyle.small.font).width
    }
    for ((sample, text), place) in zip(entries, places) {
      let (x, y) = (point.x + place.x, point.y + Double(place.row) * Self.rowHeight)
      let middle = y + Self.rowHeight / 2
      switch sample {
      case .line(let color, let dashes):
        figure.canvas.line(
          from: (x, middle), to: (x + 15, middle), color: color, lineWidth: 2.4, dashes: dashes)
      case .area(let color):
        figure.canvas.fill(
          Rectangle(x: x + 2, y: middle - 5.5, width: 11, height: 11), color: color,
          cornerRadius: 2.5)
      case .dot(let color): figure.dot(at: (x + 7, middle), color: color)
      }
      figure.write(text, at: (x + 21, middle), .small, color: Palette.muted, anchor: .left)
    }
  }
}
