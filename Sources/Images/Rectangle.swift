/// A rectangle in pixels of a picture: the point (0, 0) is its top left corner, not the middle of
/// its first pixel.
public struct Rectangle: Hashable, Sendable {
  /// The left edge.
  public var x: Double
  /// The top edge.
  public var y: Double
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double

  /// A rectangle from its top left corner and size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The right edge.
  public var right: Double { x + width }
  /// The bottom edge.
  public var bottom: Double { y + height }

  /// Whether the rectangle has an area and all its coordinates are numbers.
  var isDrawable: Bool {
    width > 0 && height > 0 && x.isFinite && y.isFinite && width.isFinite && height.isFinite
  }

  /// The rectangle with every edge moved inwards.
  public func inset(by distance: Double) -> Rectangle {
    Rectangle(
      x: x + distance, y: y + distance, width: width - 2 * distance, height: height - 2 * distance)
  }

  /// The area two rectangles share.
  func sharedArea(with other: Rectangle) -> Double {
    max(0, min(right, other.right) - max(x, other.x))
      * max(0, min(bottom, other.bottom) - max(y, other.y))
  }

  /// The rectangle moved so that it lies in another; at its left or top edge if it is too large for
  /// it.
  func moved(into frame: Rectangle) -> Rectangle {
    Rectangle(
      x: max(frame.x, min(x, frame.right - width)), y: max(frame.y, min(y, frame.bottom - height)),
      width: width, height: height)
  }
}
