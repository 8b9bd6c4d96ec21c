import Images
import MultiBox

/// How the channels of the prediction maps become one row of numbers for every prior.
public struct ReshapingExplanation: Explanation {
  private let configuration: SSDConfiguration
  private let map: FeatureMap
  private let mapIndex: Int

  /// - Parameter name: of the map whose predictions are taken apart; nil for one of middle size.
  /// - Throws: ``ExplanationError`` for a map the network does not have.
  public init(_ configuration: SSDConfiguration, map name: String? = nil) throws {
    let maps = configuration.featureMaps
    guard let index = name.map({ name in maps.firstIndex { $0.name == name } }) ?? maps.count / 2
    else {
      throw ExplanationError.unknownMap(name ?? "", known: maps.map(\.name))
    }
    self.configuration = configuration
    mapIndex = index
    map = maps[index]
  }

  /// The row that the priors of the map begin at, among all predictions.
  public var firstRow: Int {
    configuration.featureMaps[..<mapIndex].reduce(0) { $0 + $1.priorCount }
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let total = configuration.priorCount
    let figure = try Figure(
      "From prediction maps to \(grouped(total)) boxes",
      """
      Two 3 × 3 convolutions look at every position of a map: one gives four offsets for each of its \
      priors, the other \(configuration.scoreCount) class scores for each, background included. \
      Position by position, their channels become rows; the rows of all maps are stacked in the order \
      of the priors.
      """,
      contentHeight: 318, pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    let tile = (row: map.size / 2, column: min(map.size / 2 + 1, map.size - 1))
    let kinds = [
      (name: "offsets", width: 4, color: Palette.prior),
      (name: "class scores", width: configuration.scoreCount, color: Palette.truth),
    ]
    for (index, kind) in kinds.enumerated() {
      let top = y + 26 + Double(index) * 166
      grid(on: figure, x: x, y: top, color: kind.color, tile: tile)
      figure.write("*{\(map.name)}: \(kind.name)", at: (x, top - 22), .body)
      figure.write(
        "\(map.size) × \(map.size) × \(map.priorsPerPosition * kind.width) channels",
        at: (x, top + 112), .small, color: Palette.muted)
      figure.arrow(from: (x + 118, top + 52), to: (x + 156, top + 52), color: Palette.ink)
      rows(
        on: figure, x: x + 168, y: top, width: kind.width, color: kind.color, tile: tile,
        isOffsets: index == 0)
      figure.arrow(from: (x + 418, top + 52), to: (x + 462, top + 52), color: Palette.ink)
      stack(on: figure, x: x + 478, y: top - 6, width: kind.width, color: kind.color)
    }
    return figure
  }

  private func grid(
    on figure: Figure, x: Double, y: Double, color: Color, tile: (row: Int, column: Int)
  ) {
    let side = 104 / Double(map.size)
    for row in 0..<map.size {
      for column in 0..<map.size {
        let isTile = row == tile.row && column == tile.column
        let gap = min(1.2, side * 0.08)
        figure.canvas.fill(
          Rectangle(
            x: x + Double(column) * side + gap / 2, y: y + Double(row) * side + gap / 2,
            width: side - gap, height: side - gap),
          color: isTile ? color : color.opacity(0.28), cornerRadius: min(2, side / 6))
      }
    }
  }

  /// The rows of one position: a number for each prior of the map, then its values.
  private func rows(
    on figure: Figure, x: Double, y: Double, width: Int, color: Color,
    tile: (row: Int, column: Int), isOffsets: Bool
  ) {
    let count = map.priorsPerPosition
    let height = min(17.0, 104 / Double(count))
    let first = configuration.index(
      of: PriorLocation(map: mapIndex, row: tile.row, column: tile.column, shape: 0))
    let names =
      isOffsets
      ? ["g_{cx}", "g_{cy}", "g_{w}", "g_{h}"]
      : [
        "background", configuration.classes.label(at: 1), "…",
        configuration.classes.labels.last ?? "",
      ]
    let columns = names.count
    let cell = 200 / Double(columns)
    for (index, name) in names.enumerated() {
      figure.write(
        name, at: (x + 40 + (Double(index) + 0.5) * cell, y - 4), .tiny, color: Palette.muted,
        anchor: .bottom, maximumWidth: cell + 8)
    }
    for row in 0..<count {
      let top = y + Double(row) * height
      figure.write(
        String(first + row), at: (x + 34, top + height / 2), .tiny, color: Palette.muted,
        anchor: .right)
      for column in 0..<columns {
        figure.canvas.fill(
          Rectangle(
            x: x + 40 + Double(column) * cell + 0.8, y: top + 0.8, width: cell - 1.6,
            height: height - 1.6), color: color.opacity(0.55), cornerRadius: 2)
      }
    }
    figure.write(
      "one position: \(count) priors × \(width) numbers", at: (x + 40, y + 112), .small,
      color: Palette.muted)
  }

  /// All maps' rows, as high as their share allows, but so that each can be seen.
  private func stack(on figure: Figure, x: Double, y: Double, width: Int, color: Color) {
    let maps = configuration.featureMaps
    let total = maps.reduce(0) { $0 + $1.priorCount }
    let (least, full) = (13.0, 116.0)
    let spare = full - least * Double(maps.count)
    var top = y
    for (index, map) in maps.enumerated() {
      let height = least + spare * Double(map.priorCount) / Double(total)
      let isShown = index == mapIndex
      figure.canvas.fill(
        Rectangle(x: x, y: top + 0.7, width: 70, height: height - 1.4),
        color: isShown ? color : color.opacity(0.28), cornerRadius: 2.5)
      figure.write(
        "\(map.name)", at: (x + 78, top + height / 2), .small,
        color: isShown ? Palette.ink : Palette.muted, anchor: .left)
      figure.write(
        grouped(map.priorCount), at: (x + 182, top + height / 2), .small,
        color: isShown ? Palette.ink : Palette.muted, anchor: .right)
      top += height
    }
    figure.write(
      "*{\(grouped(total)) × \(width)}", at: (x, y + full + 4), .body)
  }
}
