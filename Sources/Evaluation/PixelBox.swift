import MultiBox

/// A box as COCO's files describe it: the upper left corner and the size, in pixels from 0.
///
/// It is in double precision, since COCO's figures are compared digit by digit.
public struct PixelBox: Sendable, Hashable {
  /// The left edge.
  public var x: Double
  /// The upper edge.
  public var y: Double
  /// From the left to the right edge.
  public var width: Double
  /// From the upper to the lower edge.
  public var height: Double

  /// A box from its upper left corner and its size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// A box in boundary coordinates, each multiplied by the pixels to its unit.
  public init(_ box: BoundingBox, scaleX: Double = 1, scaleY: Double = 1) {
    self.init(
      x: Double(box.xMin) * scaleX, y: Double(box.yMin) * scaleY,
      width: (Double(box.xMax) - Double(box.xMin)) * scaleX,
      height: (Double(box.yMax) - Double(box.yMin)) * scaleY)
  }

  /// In square pixels.
  public var area: Double { width * height }

  /// The same box in boundary coordinates, in pixels.
  public var boundary: BoundingBox {
    BoundingBox(
      xMin: Float(x), yMin: Float(y), xMax: Float(x + width), yMax: Float(y + height))
  }

  /// The area two boxes share.
  func intersection(_ other: PixelBox) -> Double {
    let sharedWidth = min(x + width, other.x + other.width) - max(x, other.x)
    let sharedHeight = min(y + height, other.y + other.height) - max(y, other.y)
    return sharedWidth > 0 && sharedHeight > 0 ? sharedWidth * sharedHeight : 0
  }
}
