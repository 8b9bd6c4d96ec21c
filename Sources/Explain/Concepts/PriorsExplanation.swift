import Images
import MultiBox

/// The priors at one position of every feature map.
public struct PriorsExplanation: Explanation {
  /// Which position of every map is shown.
  public enum Position: Hashable, Sendable {
    case center
    case corner
    /// The same place of every map: the position that covers a point of the picture, in fractions.
    case point(x: Double, y: Double)
  }

  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let priors: PriorBoxes
  private let position: Position

  /// Explains the priors of a configuration over a picture.
  public init(
    _ configuration: SSDConfiguration, over scene: ExplainedScene, at position: Position = .center
  ) {
    self.scene = scene
    self.configuration = configuration
    self.position = position
    priors = PriorBoxes(configuration)
  }

  /// The priors shown, map by map.
  public var shown: [[BoundingBox]] {
    configuration.featureMaps.indices.map { map in
      let (row, column) = tile(of: configuration.featureMaps[map])
      let first = configuration.index(
        of: PriorLocation(map: map, row: row, column: column, shape: 0))
      return Array(
        priors.boundary[first..<first + configuration.featureMaps[map].priorsPerPosition])
    }
  }

  private func tile(of map: FeatureMap) -> (row: Int, column: Int) {
    func index(_ fraction: Double) -> Int {
      min(max(Int(fraction * Double(map.size)), 0), map.size - 1)
    }
    return switch position {
    case .center: (map.size / 2, map.size / 2)
    case .corner: (0, 0)
    case .point(let x, let y): (index(y), index(x))
    }
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let maps = configuration.featureMaps
    let columns = maps.count > 6 ? 4 : 3
    let rows = (maps.count + columns - 1) / columns
    let gap = 18.0
    let side = (Figure.width - 2 * Figure.margin - gap * Double(columns - 1)) / Double(columns)
    let cellHeight = side + 42
    let ratios = self.ratios
    let legend = Legend(
      ratios.enumerated().map { (.line(color($0.offset)), Self.name($0.element)) }
        + [
          (
            .line(Palette.ink, dashes: [2, 3]),
            "1 : 1, extra: between this map's scale and the next"
          )
        ])
    let figure = try Figure(
      "Priors: \(grouped(priors.count)) boxes to start from",
      """
      Each map lays a grid over the picture, and every position of the grid has priors of several \
      shapes. Shown are those at one position (dark) of every map of \(configuration.name). \
      \(clipping)
      """,
      contentHeight: Double(rows) * cellHeight + 12 + legend.height(),
      pixelWidth: pixelWidth)
    for (index, map) in maps.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let place = Rectangle(
        x: figure.content.x + Double(column) * (side + gap),
        y: figure.content.y + Double(row) * cellHeight, width: side, height: side)
      draw(map, index: index, in: place, ratios: ratios, on: figure)
    }
    legend.draw(
      on: figure, at: (figure.content.x, figure.content.y + Double(rows) * cellHeight + 12))
    return figure
  }

  private var clipping: String {
    configuration.clipsPriors
      ? "What would reach over the edge is cut off (thin: before the cut)."
      : "They may reach over the picture's edge."
  }

  /// The aspect ratios of all maps, in order of their first appearance; 0.333 and a third are one.
  private var ratios: [Double] {
    var result: [Double] = []
    for ratio in configuration.featureMaps.flatMap(\.aspectRatios)
    where !result.contains(where: { abs($0 - ratio) < 0.005 }) {
      result.append(ratio)
    }
    return result
  }

  private func color(_ ratio: Int) -> Color { Palette.series(ratio) }

  static func name(_ ratio: Double) -> String {
    let isWide = ratio >= 1
    let value = isWide ? ratio : 1 / ratio
    let text = trimmed(value, 2)
    return isWide ? "\(text) : 1" : "1 : \(text)"
  }

  private func draw(
    _ map: FeatureMap, index: Int, in place: Rectangle, ratios: [Double], on figure: Figure
  ) {
    // The picture as the network sees it, square, with room for what reaches over its edge.
    let frame = place.inset(by: 0.13 * place.width)
    figure.canvas.fill(place, color: Palette.panel, cornerRadius: 6)
    let panel = PicturePanel(scene.image, on: figure, frame: frame, veil: 0.35)
    grid(map, in: frame, on: figure)
    let (row, column) = tile(of: map)
    let step = map.step.map { $0 / Double(configuration.imageSize) } ?? 1 / Double(map.size)
    func tileBox(_ row: Int, _ column: Int) -> BoundingBox {
      BoundingBox(
        xMin: Float(Double(column) * step), yMin: Float(Double(row) * step),
        xMax: Float(Double(column + 1) * step), yMax: Float(Double(row + 1) * step))
    }
    figure.canvas.fill(panel.place(tileBox(row, column)), color: Palette.ink.opacity(0.55))

    var unclipped = configuration
    unclipped.clipsPriors = false
    unclipped.limitsPriorSizes = false
    let whole = PriorBoxes(unclipped)
    figure.canvas.clipped(to: place, cornerRadius: 6) {
      let first = configuration.index(
        of: PriorLocation(map: index, row: row, column: column, shape: 0))
      var shape = 0
      for ratio in map.aspectRatios {
        let number = ratios.firstIndex { abs($0 - ratio) < 0.005 } ?? 0
        prior(first + shape, whole, color: color(number), dashes: [], on: panel)
        shape += 1
        if ratio == 1, map.extraScale != nil {
          prior(first + shape, whole, color: Palette.ink, dashes: [2.5, 3], on: panel)
          shape += 1
        }
      }
    }
    let y = place.bottom + 6
    figure.write(
      "*{\(map.name)}  \(map.size) × \(map.size), scale \(trimmed(map.scale))",
      at: (place.x, y), .small, maximumWidth: place.width)
    figure.write(
      "\(map.priorsPerPosition) × \(map.size * map.size) = \(grouped(map.priorCount)) priors",
      at: (place.x, y + 14), .small, color: Palette.muted, maximumWidth: place.width)
  }

  private func prior(
    _ index: Int, _ whole: PriorBoxes, color: Color, dashes: [Double], on panel: PicturePanel
  ) {
    let (box, full) = (priors.boundary[index], whole.boundary[index])
    if box != full {
      panel.outline(full, color: color.opacity(0.55), lineWidth: 0.8, hasSeam: false)
    }
    panel.outline(box, color: color, lineWidth: 1.8, dashes: dashes)
  }

  private func grid(_ map: FeatureMap, in frame: Rectangle, on figure: Figure) {
    for line in 1..<max(map.size, 2) where map.size > 1 {
      let share = Double(line) / Double(map.size)
      let color = Color.white.opacity(0.55)
      let (x, y) = (frame.x + share * frame.width, frame.y + share * frame.height)
      figure.canvas.fill(
        Rectangle(x: x - 0.2, y: frame.y, width: 0.4, height: frame.height), color: color)
      figure.canvas.fill(
        Rectangle(x: frame.x, y: y - 0.2, width: frame.width, height: 0.4), color: color)
    }
  }
}
