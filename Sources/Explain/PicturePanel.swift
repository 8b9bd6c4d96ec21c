import Images
import MultiBox

/// A picture on a page, with boxes in fractions of it.
struct PicturePanel {
  let figure: Figure
  /// Where the picture lies.
  let frame: Rectangle

  /// Draws the picture.
  ///
  /// - Parameter veil: how much paper lies over it, from 0 (none) to 1.
  init(_ image: Image, on figure: Figure, frame: Rectangle, veil: Double = 0) {
    self.figure = figure
    self.frame = frame
    figure.canvas.draw(image, in: frame, cornerRadius: 4)
    if veil > 0 {
      figure.canvas.fill(frame, color: Palette.paper.opacity(veil), cornerRadius: 4)
    }
    figure.canvas.stroke(frame, color: Color.black.opacity(0.12), lineWidth: 0.7, cornerRadius: 4)
  }

  /// The height of a picture that is shown so wide.
  static func height(of image: Image, width: Double) -> Double {
    width * Double(image.height) / Double(image.width)
  }

  /// A box of fractions in the page's units.
  func place(_ box: BoundingBox) -> Rectangle {
    Rectangle(
      x: frame.x + Double(box.xMin) * frame.width, y: frame.y + Double(box.yMin) * frame.height,
      width: Double(box.width) * frame.width, height: Double(box.height) * frame.height)
  }

  /// The centre of a box in the page's units.
  func center(_ box: BoundingBox) -> (x: Double, y: Double) {
    (
      frame.x + Double(box.centerX) * frame.width, frame.y + Double(box.centerY) * frame.height
    )
  }

  /// Outlines a box, with a light seam that keeps the line visible on dark ground.
  ///
  /// - Parameters:
  ///   - dashes: in units; empty for a solid line.
  ///   - fill: how strongly the inside is tinted.
  func outline(
    _ box: BoundingBox, color: Color, lineWidth: Double = 2, dashes: [Double] = [],
    fill: Double = 0, hasSeam: Bool = true
  ) {
    let place = place(box)
    if fill > 0 { figure.canvas.fill(place, color: color.opacity(fill)) }
    if hasSeam {
      figure.canvas.stroke(
        place, color: Color.white.opacity(0.75), lineWidth: lineWidth + 1.4, cornerRadius: 1.5)
    }
    figure.canvas.stroke(
      place, color: color, lineWidth: lineWidth, cornerRadius: 1.5, dashes: dashes)
  }

  /// Draws boxes with plates that keep out of each other's way.
  func label(_ boxes: [LabeledBox], lineWidth: Double = 2, fontSize: Double = 10) {
    BoxPainter(lineWidth: lineWidth, fontSize: fontSize).paint(
      boxes, on: figure.canvas, in: frame)
  }

  /// A box with a plate, for ``label(_:lineWidth:fontSize:)``.
  func labeled(
    _ box: BoundingBox, _ text: String, color: Color, dashes: [Double] = []
  ) -> LabeledBox {
    LabeledBox(rectangle: place(box), text: text, color: color, dashes: dashes)
  }
}
