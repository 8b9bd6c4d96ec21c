import Images
import MultiBox

/// The overlap of two boxes: their intersection over their union.
public struct JaccardExplanation: Explanation {
  private let scene: ExplainedScene
  /// The boxes that are compared.
  public let boxes: (first: BoundingBox, second: BoundingBox)
  private let names: (String, String)

  /// Compares the largest object with the prior whose overlap with it is nearest to a number.
  ///
  /// - Throws: ``ExplanationError`` for a scene without objects.
  public init(_ scene: ExplainedScene, priors: PriorBoxes, nearest overlap: Float = 0.5) throws {
    guard let object = scene.largest else { throw ExplanationError.noObjects("jaccard") }
    let overlaps = PriorMatcher(priors: priors).ious(with: object.box)
    let best = overlaps.indices.min { abs(overlaps[$0] - overlap) < abs(overlaps[$1] - overlap) }
    self.scene = scene
    boxes = (object.box, priors.boundary[best ?? 0])
    names = (scene.label(object), "prior")
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let panelWidth = 330.0
    let panelHeight = PicturePanel.height(of: scene.image, width: panelWidth)
    let upper = max(panelHeight, 240)
    let figure = try Figure(
      "The Jaccard overlap",
      """
      How much two boxes have in common: the area that lies in both, over the area that lies in one \
      or the other. 1 for equal boxes, 0 for boxes that do not meet, and the same for every size of \
      the picture.
      """,
      contentHeight: upper + 30 + 24 + 92, pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    let panel = PicturePanel(
      scene.image, on: figure,
      frame: Rectangle(x: x, y: y, width: panelWidth, height: panelHeight), veil: 0.25)
    shade(panel.place(boxes.first), panel.place(boxes.second), on: figure)
    panel.label([
      panel.labeled(boxes.second, names.1, color: Palette.prior),
      panel.labeled(boxes.first, names.0, color: Palette.truth),
    ])
    equation(on: figure, x: x + panelWidth + 34, y: y, height: upper)
    examples(on: figure, y: y + upper + 30)
    return figure
  }

  /// Tints the two boxes, and what they share more strongly.
  private func shade(_ first: Rectangle, _ second: Rectangle, on figure: Figure) {
    figure.canvas.fill(first, color: Palette.truth.opacity(0.22))
    figure.canvas.fill(second, color: Palette.prior.opacity(0.22))
    if let shared = Self.shared(first, second) {
      figure.canvas.fill(shared, color: Palette.prediction.opacity(0.55))
    }
  }

  private static func shared(_ a: Rectangle, _ b: Rectangle) -> Rectangle? {
    let (left, top) = (max(a.x, b.x), max(a.y, b.y))
    let (right, bottom) = (min(a.right, b.right), min(a.bottom, b.bottom))
    guard right > left, bottom > top else { return nil }
    return Rectangle(x: left, y: top, width: right - left, height: bottom - top)
  }

  private func equation(on figure: Figure, x: Double, y: Double, height: Double) {
    let size = (width: Float(scene.image.width), height: Float(scene.image.height))
    let (a, b) = (
      boxes.first.scaled(x: size.width, y: size.height),
      boxes.second.scaled(x: size.width, y: size.height)
    )
    let intersection = a.intersection(b)
    let union = a.area + b.area - intersection
    let middle = y + height / 2 - 6
    // The same two boxes, small: what lies in both above the line, what lies in either below it.
    let outer = BoundingBox(
      xMin: min(a.xMin, b.xMin), yMin: min(a.yMin, b.yMin), xMax: max(a.xMax, b.xMax),
      yMax: max(a.yMax, b.yMax))
    let scale = Double(min(96 / outer.width, 76 / outer.height))
    func small(_ box: BoundingBox, _ top: Double) -> Rectangle {
      Rectangle(
        x: x + 48 - scale * Double(outer.width) / 2 + scale * Double(box.xMin - outer.xMin),
        y: top - scale * Double(outer.height) / 2 + scale * Double(box.yMin - outer.yMin),
        width: scale * Double(box.width), height: scale * Double(box.height))
    }
    func pair(_ top: Double, isUnion: Bool) {
      let (first, second) = (small(a, top), small(b, top))
      let color = Palette.prediction
      if isUnion {
        figure.canvas.fill(first, color: color)
        figure.canvas.fill(second, color: color)
      } else if let shared = Self.shared(first, second) {
        figure.canvas.fill(shared, color: color)
      }
      figure.canvas.stroke(first, color: Palette.truth, lineWidth: 1.6)
      figure.canvas.stroke(second, color: Palette.prior, lineWidth: 1.6)
    }
    pair(middle - 56, isUnion: false)
    pair(middle + 56, isUnion: true)
    let barWidth = 270.0
    figure.canvas.fill(
      Rectangle(x: x, y: middle - 0.9, width: barWidth, height: 1.8), color: Palette.ink)
    func term(_ title: String, _ value: Float, _ y: Double) {
      figure.write(title, at: (x + 116, y - 9), .small, color: Palette.muted, anchor: .left)
      figure.write(
        "*{\(grouped(Int(value.rounded())))} px²", at: (x + 116, y + 8), .heading, anchor: .left)
    }
    term("intersection: in both", intersection, middle - 56)
    term("union: in one or the other", union, middle + 56)
    figure.write(
      "overlap = *{\(decimal(a.iou(with: b), 3))}", at: (x, middle + 112), .title,
      color: Palette.prediction)
  }

  /// Equal squares moved apart until they overlap by as much as each label says.
  private func examples(on figure: Figure, y: Double) {
    figure.write("What a number looks like", at: (figure.content.x, y), .heading)
    let overlaps: [Float] = [0.1, 0.3, 0.5, 0.7, 0.9]
    let pitch = figure.content.width / Double(overlaps.count)
    for (index, overlap) in overlaps.enumerated() {
      // Squares of side 1 that lie d apart share 1 - d and cover 1 + d.
      let distance = (1 - overlap) / (1 + overlap)
      let first = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
      let second = BoundingBox(xMin: distance, yMin: 0, xMax: 1 + distance, yMax: 1)
      let side = 56.0
      let left =
        figure.content.x + pitch * (Double(index) + 0.5) - side * (1 + Double(distance)) / 2
      func place(_ box: BoundingBox) -> Rectangle {
        Rectangle(x: left + side * Double(box.xMin), y: y + 26, width: side, height: side)
      }
      shade(place(first), place(second), on: figure)
      figure.canvas.stroke(place(first), color: Palette.truth, lineWidth: 1.8)
      figure.canvas.stroke(place(second), color: Palette.prior, lineWidth: 1.8)
      figure.write(
        decimal(first.iou(with: second), 1),
        at: (left + side * (1 + Double(distance)) / 2, y + 26 + side + 7), .strong, anchor: .top)
    }
  }
}
