import Images
import MultiBox

/// A box by its boundaries and by its centre and size, in pixels and in fractions.
public struct CoordinatesExplanation: Explanation {
  private let scene: ExplainedScene
  private let object: GroundTruthObject

  /// - Throws: ``ExplanationError`` for a scene without objects; the largest is explained.
  public init(_ scene: ExplainedScene) throws {
    guard let object = scene.largest else { throw ExplanationError.noObjects("coordinates") }
    self.scene = scene
    self.object = object
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let panelWidth = 286.0
    let gutter = 34.0
    let panelHeight = PicturePanel.height(of: scene.image, width: panelWidth)
    let tableHeight = 21.0 * 3
    let figure = try Figure(
      "One box, two ways to write it",
      """
      Boundary coordinates say where a box begins and ends; they are what overlaps are measured with. \
      Centre and size say where it stands and how large it is; offsets are measured with them. \
      Divided by the picture's width and height, both hold for every size of the picture.
      """,
      contentHeight: 24 + 24 + panelHeight + 16 + tableHeight, pixelWidth: pixelWidth)
    let top = figure.content.y
    let columns = [figure.content.x + gutter, figure.content.right - panelWidth]
    figure.write("Boundary form", at: (columns[0], top), .heading)
    figure.write("Centre-size form", at: (columns[1], top), .heading)
    let panels = columns.map { x in
      PicturePanel(
        scene.image, on: figure,
        frame: Rectangle(x: x, y: top + 48, width: panelWidth, height: panelHeight), veil: 0.12)
    }
    drawBoundary(panels[0])
    drawCenterSize(panels[1])
    let y = top + 48 + panelHeight + 16
    let (pixels, box) = (object.box.scaled(x: width, y: height), object.box)
    table(
      ["", "x_{min}", "y_{min}", "x_{max}", "y_{max}"],
      [pixels.xMin, pixels.yMin, pixels.xMax, pixels.yMax],
      [box.xMin, box.yMin, box.xMax, box.yMax]
    ).draw(on: figure, at: (columns[0] - gutter, y))
    table(
      ["", "c_{x}", "c_{y}", "w", "h"],
      [pixels.centerX, pixels.centerY, pixels.width, pixels.height],
      [box.centerX, box.centerY, box.width, box.height]
    ).draw(on: figure, at: (columns[1] - gutter, y))
    return figure
  }

  private var width: Float { Float(scene.image.width) }
  private var height: Float { Float(scene.image.height) }

  private func table(_ header: [String], _ pixels: [Float], _ fractions: [Float]) -> Table {
    func row(_ title: String, _ values: [Float], _ digits: Int) -> [Table.Cell] {
      [Table.Cell(title, color: Palette.muted)] + values.map { Table.Cell(decimal($0, digits)) }
    }
    return Table(
      columns: [72, -62, -62, -62, -62], header: header,
      rows: [row("pixels", pixels, 0), row("fractions", fractions, 3)])
  }

  private func drawBoundary(_ panel: PicturePanel) {
    let (figure, frame, place) = (panel.figure, panel.frame, panel.place(object.box))
    let color = Palette.truth
    for x in [place.x, place.right] {
      figure.canvas.line(
        from: (x, frame.y - 4), to: (x, place.y), color: .white, lineWidth: 2.6)
      figure.canvas.line(
        from: (x, frame.y - 4), to: (x, place.y), color: Palette.prior, lineWidth: 1.2,
        dashes: [3, 3])
    }
    for y in [place.y, place.bottom] {
      figure.canvas.line(
        from: (frame.x - 4, y), to: (place.x, y), color: .white, lineWidth: 2.6)
      figure.canvas.line(
        from: (frame.x - 4, y), to: (place.x, y), color: Palette.prior, lineWidth: 1.2,
        dashes: [3, 3])
    }
    panel.outline(object.box, color: color, lineWidth: 2.6)
    let axis = Palette.prior
    figure.write("x_{min}", at: (place.x, frame.y - 5), .body, color: axis, anchor: .bottom)
    figure.write("x_{max}", at: (place.right, frame.y - 5), .body, color: axis, anchor: .bottom)
    figure.write("y_{min}", at: (frame.x - 6, place.y), .body, color: axis, anchor: .right)
    figure.write("y_{max}", at: (frame.x - 6, place.bottom), .body, color: axis, anchor: .right)
  }

  private func drawCenterSize(_ panel: PicturePanel) {
    let (figure, frame) = (panel.figure, panel.frame)
    let place = panel.place(object.box)
    let center = panel.center(object.box)
    for end in [(x: center.x, y: frame.y - 4), (x: frame.x - 4, y: center.y)] {
      figure.canvas.line(from: center, to: end, color: .white, lineWidth: 2.6)
      figure.canvas.line(
        from: center, to: end, color: Palette.prior, lineWidth: 1.2, dashes: [3, 3])
    }
    panel.outline(object.box, color: Palette.truth, lineWidth: 2.6)
    figure.dot(at: center, color: Palette.prior, radius: 4)
    figure.write(
      "c_{x}", at: (center.x, frame.y - 5), .body, color: Palette.prior, anchor: .bottom)
    figure.write(
      "c_{y}", at: (frame.x - 6, center.y), .body, color: Palette.prior, anchor: .right)
    let white = Color.white
    let isLow = place.bottom + 14 > frame.bottom
    let y = isLow ? place.bottom - 14 : place.bottom + 12
    figure.dimension(
      from: (place.x, y), to: (place.right, y), "w", color: Palette.ink, plate: white)
    let isRight = place.right + 14 > frame.right
    let x = isRight ? place.right - 14 : place.right + 12
    figure.dimension(
      from: (x, place.y), to: (x, place.bottom), "h", color: Palette.ink, plate: white)
  }
}
