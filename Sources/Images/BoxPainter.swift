/// Draws boxes and the plates that say what is in them.
///
/// Lines and letters grow with the picture, slower than it: a small picture is looked at enlarged
/// and a large one reduced. All plates lie above all boxes and inside the picture; where several
/// places are possible, each takes the one that hides least of the others.
public struct BoxPainter: Hashable, Sendable {
  /// The thickness of the boxes' lines, in pixels; nil for one that suits the picture.
  public var lineWidth: Double?

  /// The size of the plates' letters, in pixels; nil for one that suits the picture.
  public var fontSize: Double?

  /// How strongly the inside of a box is tinted with its colour, from 0 (not at all) to 1.
  public var tint: Double

  /// A painter with the given measures; nil for those that suit the picture.
  public init(lineWidth: Double? = nil, fontSize: Double? = nil, tint: Double = 0) {
    self.lineWidth = lineWidth
    self.fontSize = fontSize
    self.tint = tint
  }

  /// The picture with the boxes on it.
  ///
  /// - Parameters:
  ///   - boxes: the most important last: it is drawn over the others.
  ///   - image: the picture, which stays as it is.
  /// - Throws: `ImageError` for a picture with a side above `Canvas.maximumSide`.
  public func paint(_ boxes: [LabeledBox], on image: Image) throws(ImageError) -> Image {
    let canvas = try Canvas(image)
    paint(boxes, on: canvas)
    return canvas.image
  }

  /// Draws the boxes on a canvas; nothing is drawn for a box without area or beyond the picture.
  ///
  /// - Parameters:
  ///   - boxes: the most important last: it is drawn over the others.
  ///   - canvas: what to draw on.
  public func paint(_ boxes: [LabeledBox], on canvas: Canvas, in frame: Rectangle? = nil) {
    let frame =
      frame
      ?? Rectangle(
        x: 0, y: 0, width: Double(canvas.width) / canvas.scale,
        height: Double(canvas.height) / canvas.scale)
    let side = (frame.width * frame.height).squareRoot()
    let lineWidth = lineWidth ?? 1 + 0.003 * side
    let font = Font(size: fontSize ?? max(8, 5.5 + 0.018 * side), weight: .medium)
    let visible = boxes.filter { box in
      box.rectangle.isDrawable && box.rectangle.right > frame.x && box.rectangle.bottom > frame.y
        && box.rectangle.x < frame.right && box.rectangle.y < frame.bottom
    }
    for box in visible { outline(box, lineWidth, on: canvas) }

    // The most important box chooses its plate's place first and is drawn last.
    var plates: [Plate] = []
    for box in visible.reversed() where !box.text.isEmpty {
      plates.append(
        place(box, font: font, lineWidth: lineWidth, besides: plates, on: canvas, in: frame))
    }
    for plate in plates.reversed() { draw(plate, font: font, on: canvas) }
  }

  private struct Plate {
    var rectangle: Rectangle
    var box: LabeledBox
  }

  /// A dark seam on both sides keeps a line visible on any background.
  private func outline(_ box: LabeledBox, _ lineWidth: Double, on canvas: Canvas) {
    if tint > 0 { canvas.fill(box.rectangle, color: box.color.opacity(tint)) }
    let radius = 1.5 * lineWidth
    let dashes = box.dashes.map { $0 * lineWidth }
    canvas.stroke(
      box.rectangle, color: Color.black.opacity(0.4), lineWidth: lineWidth + max(1, lineWidth / 2),
      cornerRadius: radius, dashes: dashes)
    canvas.stroke(
      box.rectangle, color: box.color, lineWidth: lineWidth, cornerRadius: radius, dashes: dashes)
  }

  private func room(_ font: Font) -> (x: Double, y: Double) {
    (0.4 * font.size, 0.12 * font.size)
  }

  private func place(
    _ box: LabeledBox, font: Font, lineWidth: Double, besides others: [Plate], on canvas: Canvas,
    in frame: Rectangle
  ) -> Plate {
    let room = room(font)
    let text = canvas.size(
      of: box.text, font: font, maximumWidth: max(1, frame.width - 2 * room.x))
    let (width, height) = (text.width + 2 * room.x, text.height + 2 * room.y)
    let edge = lineWidth / 2
    let outer = box.rectangle.inset(by: -edge)
    let inner = box.rectangle.inset(by: edge)
    func plate(_ x: Double, _ y: Double) -> Rectangle {
      Rectangle(x: x, y: y, width: width, height: height)
    }

    // In order of preference. The plates outside start flush with the line of the box.
    let candidates = [
      plate(outer.x, outer.y - height),
      plate(inner.x, inner.y),
      plate(outer.x, outer.bottom),
      plate(outer.right - width, outer.y - height),
      plate(inner.right - width, inner.y),
      plate(inner.x, inner.bottom - height),
      plate(inner.right - width, inner.bottom - height),
      plate(outer.right - width, outer.bottom),
      plate(outer.right, outer.y),
      plate(outer.x - width, outer.y),
    ]
    var best = candidates[0].moved(into: frame)
    var least = Double.infinity
    for (rank, candidate) in candidates.enumerated() {
      let moved = candidate.moved(into: frame)
      let hidden = others.reduce(0) { $0 + $1.rectangle.sharedArea(with: moved) }
      let distance = abs(moved.x - candidate.x) + abs(moved.y - candidate.y)
      let cost = hidden / (width * height) + distance / height + 0.02 * Double(rank)
      if cost < least { (best, least) = (moved, cost) }
    }
    return Plate(rectangle: best, box: box)
  }

  private func draw(_ plate: Plate, font: Font, on canvas: Canvas) {
    let room = room(font)
    let box = plate.rectangle
    canvas.fill(
      box.inset(by: -0.06 * font.size), color: Color.black.opacity(0.25),
      cornerRadius: 0.28 * font.size)
    canvas.fill(box, color: plate.box.color, cornerRadius: 0.22 * font.size)
    canvas.text(
      plate.box.text, at: (box.x + room.x, box.y + room.y), font: font,
      color: plate.box.color.readableText, maximumWidth: box.width - 2 * room.x + 0.5)
  }
}
