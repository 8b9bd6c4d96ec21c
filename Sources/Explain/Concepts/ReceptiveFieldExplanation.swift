import Images
import MultiBox

/// How much of the picture an element of each map sees.
public struct ReceptiveFieldExplanation: Explanation {
  /// How strongly the middle of a map depends on each pixel of the image.
  public struct Influence: Sendable {
    /// The map.
    public var map: String
    /// (size, size), row-major, none negative; only their proportions matter.
    public var values: [Float]

    /// The influence on a map.
    public init(map: String, values: [Float]) {
      self.map = map
      self.values = values
    }

    /// Rows and columns of the image.
    var size: Int { Int(Double(values.count).squareRoot().rounded()) }

    /// The side of the smallest square around the middle that holds a share of all influence, in
    /// pixels.
    public func side(holding share: Double) -> Int {
      let (size, total) = (size, values.reduce(0) { $0 + Double($1) })
      guard total > 0 else { return 0 }
      for side in 1...size {
        let first = (size - side) / 2
        var sum = 0.0
        for row in first..<first + side {
          for column in first..<first + side { sum += Double(values[row * size + column]) }
        }
        if sum >= share * total { return side }
      }
      return size
    }
  }

  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let layers: [ResolvedLayer]
  private let influences: [Influence]
  private let source: String

  /// The share of the influence that the effective field is said to hold.
  public static let effectiveShare = 0.9

  /// - Parameters:
  ///   - influences: measured by gradients; empty where there is nothing to measure with.
  ///   - source: what was measured, a sentence.
  public init(
    _ configuration: SSDConfiguration, over scene: ExplainedScene, influences: [Influence] = [],
    source: String
  ) {
    self.configuration = configuration
    self.scene = scene
    self.influences = influences
    self.source = source
    layers = configuration.graph.layers
  }

  private var mapLayers: [ResolvedLayer] {
    configuration.featureMaps.compactMap { map in layers.first { $0.name == map.name } }
  }

  /// Layer, output, field and step, a line each, and the effective fields where they were measured.
  public var table: String {
    var lines: [String] = []
    for layer in layers where layer.part != .prediction && layer.scaleName == nil {
      let name = layer.name + String(repeating: " ", count: max(0, 10 - layer.name.count))
      var line = "\(name) field \(layer.receptiveField) px, step \(layer.step) px"
      if let influence = influences.first(where: { $0.map == layer.name }) {
        line += ", effective \(influence.side(holding: Self.effectiveShare)) px"
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let side = 320.0
    let count = Double(mapLayers.count)
    let gap = 12.0
    let small = (Figure.width - 2 * Figure.margin - gap * (count - 1)) / count
    let figure = try Figure(
      "Receptive fields: what an element sees",
      """
      An element of a map depends on a square of the image that grows with every layer and soon \
      exceeds the picture: a 3 × 3 kernel can so judge a prior much larger than itself. How much each \
      pixel really counts is another matter; gradients through the network tell.
      """,
      contentHeight: side + (influences.isEmpty ? 0 : 26 + 22 + small + 40),
      note: source, pixelWidth: pixelWidth)
    drawFields(on: figure, side: side)
    drawTable(on: figure, x: figure.content.x + side + 34)
    guard !influences.isEmpty else { return figure }
    let y = figure.content.y + side + 26
    figure.write(
      "Effective: how strongly the middle of each map depends on each pixel",
      at: (figure.content.x, y), .heading)
    for (index, layer) in mapLayers.enumerated() {
      let place = Rectangle(
        x: figure.content.x + Double(index) * (small + gap), y: y + 24, width: small, height: small)
      draw(layer, index: index, in: place, on: figure)
    }
    return figure
  }

  /// The picture and, to the same scale, the fields of the maps around its middle.
  private func drawFields(on figure: Figure, side: Double) {
    let fields = mapLayers.map { Double($0.receptiveField) }
    let extent = max(fields.max() ?? 1, Double(configuration.imageSize)) * 1.04
    let scale = side / extent
    let (x, y) = (figure.content.x, figure.content.y)
    let middle = (x: x + side / 2, y: y + side / 2)
    func square(_ pixels: Double) -> Rectangle {
      let length = pixels * scale
      return Rectangle(
        x: middle.x - length / 2, y: middle.y - length / 2, width: length, height: length)
    }
    figure.canvas.fill(
      Rectangle(x: x, y: y, width: side, height: side), color: Palette.panel, cornerRadius: 6)
    _ = PicturePanel(
      scene.image, on: figure, frame: square(Double(configuration.imageSize)), veil: 0.1)
    for (index, field) in fields.enumerated().reversed() {
      let color = Palette.series(index)
      figure.canvas.stroke(square(field), color: .white.opacity(0.7), lineWidth: 3.2)
      figure.canvas.stroke(square(field), color: color, lineWidth: 1.8)
    }
    for (index, field) in fields.enumerated() {
      // Fields of neighbouring maps lie so close together that their names take turns at two corners.
      let place = square(field)
      let isSmall = place.width < 60
      let isLow = index % 2 == 0
      figure.write(
        mapLayers[index].name,
        at: isSmall
          ? (middle.x, place.bottom + 5)
          : isLow ? (place.x + 5, place.bottom - 3) : (place.right - 5, place.y + 3), .tiny,
        color: .white,
        anchor: isSmall ? .top : TextAnchor(x: isLow ? 0 : 1, y: isLow ? 1 : 0),
        plate: Palette.series(index))
    }
  }

  private func drawTable(on figure: Figure, x: Double) {
    let hasEffect = !influences.isEmpty
    let size = Double(configuration.imageSize)
    Table(
      columns: hasEffect ? [86, -70, -74, -76] : [100, -90, -110],
      header: ["map", "field", "of image"] + (hasEffect ? ["effective"] : []),
      rows: mapLayers.enumerated().map { index, layer in
        [
          Table.Cell(layer.name, color: Palette.series(index), isStrong: true),
          Table.Cell("\(layer.receptiveField) px"),
          Table.Cell(percent(Double(layer.receptiveField) / size, 0), color: Palette.muted),
        ]
          + (hasEffect
            ? [
              Table.Cell(
                influences.first { $0.map == layer.name }
                  .map { "\($0.side(holding: Self.effectiveShare)) px" } ?? "–", isStrong: true)
            ] : [])
      }
    ).draw(on: figure, at: (x, figure.content.y))
    var y = figure.content.y + 21 * Double(mapLayers.count + 1) + 20
    let first = mapLayers.first?.name ?? ""
    let text =
      """
      Each layer adds (kernel − 1) × dilation × step, the step being the product of all strides \
      before it. Of \(first) for example: \(field(first)) px, and a 3 × 3 kernel on it sees \
      \(field("loc_\(first)")) px, \(percent(Double(field("loc_\(first)")) / size, 0)) of the image.
      """
    y += figure.paragraph(text, at: (x, y), width: 306, .small, color: Palette.muted)
    guard hasEffect else { return }
    figure.paragraph(
      "Effective: the side of the square around the middle that holds \(percent(Self.effectiveShare, 0)) of the influence.",
      at: (x, y + 10), width: 306, .small, color: Palette.muted)
  }

  private func field(_ name: String) -> Int {
    layers.first { $0.name == name }?.receptiveField ?? 0
  }

  private func draw(_ layer: ResolvedLayer, index: Int, in place: Rectangle, on figure: Figure) {
    guard let influence = influences.first(where: { $0.map == layer.name }) else { return }
    figure.canvas.draw(Self.picture(influence), in: place, cornerRadius: 4)
    let side =
      Double(influence.side(holding: Self.effectiveShare)) / Double(influence.size) * place.width
    figure.canvas.stroke(
      Rectangle(
        x: place.x + (place.width - side) / 2, y: place.y + (place.height - side) / 2, width: side,
        height: side), color: .white, lineWidth: 1.4, dashes: [3, 2])
    figure.write(
      layer.name, at: (place.x + place.width / 2, place.bottom + 6), .small,
      color: Palette.series(index), anchor: .top)
  }

  /// The influence as a picture, on a scale on which weak influence can be seen too.
  private static func picture(_ influence: Influence) -> Image {
    let size = influence.size
    let highest = Double(influence.values.max() ?? 0)
    let pixels = influence.values.flatMap { value -> [UInt8] in
      let share = highest > 0 ? (Double(value) / highest).squareRoot() : 0
      let color = Palette.heat(share)
      return [color.red, color.green, color.blue].map { UInt8(($0 * 255).rounded()) }
    }
    return Image(width: size, height: size, pixels: pixels)
  }
}
