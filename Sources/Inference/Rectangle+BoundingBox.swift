import Images
import MultiBox

extension Rectangle {
  /// The rectangle to draw for a box in pixels, such as ``/MultiBox/BoundingBox/pixels(width:height:)``
  /// gives.
  ///
  /// ```swift
  /// let box = detection.box.pixels(width: image.width, height: image.height)
  /// LabeledBox(rectangle: Rectangle(box), text: detection.label, color: .black)
  /// ```
  public init(_ box: BoundingBox) {
    self.init(
      x: Double(box.xMin), y: Double(box.yMin), width: Double(box.width),
      height: Double(box.height))
  }
}
