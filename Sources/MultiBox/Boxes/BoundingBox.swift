/// A box by its boundaries (corner form, "xyxy"): the form in which boxes are measured, compared and
/// reported.
///
/// Coordinates are *fractional* unless a declaration says otherwise: 0 is the left or top edge of
/// the image, 1 the right or bottom one, so that a box means the same at every image size.
///
/// ```swift
/// let box = detection.box.pixels(width: image.width, height: image.height)
/// let iou = detection.box.iou(with: object.box)
/// ```
public struct BoundingBox: Hashable, Sendable, Codable {
  /// The left boundary.
  public var xMin: Float
  /// The upper boundary.
  public var yMin: Float
  /// The right boundary.
  public var xMax: Float
  /// The lower boundary.
  public var yMax: Float

  /// A box from its four boundaries.
  public init(xMin: Float, yMin: Float, xMax: Float, yMax: Float) {
    self.xMin = xMin
    self.yMin = yMin
    self.xMax = xMax
    self.yMax = yMax
  }

  /// The same box, described by its center and size.
  public init(_ box: CenterSizeBox) {
    self.init(
      xMin: box.centerX - box.width / 2, yMin: box.centerY - box.height / 2,
      xMax: box.centerX + box.width / 2, yMax: box.centerY + box.height / 2)
  }

  /// The distance from the left to the right boundary; negative when they have crossed.
  public var width: Float { xMax - xMin }
  /// The distance from the upper to the lower boundary; negative when they have crossed.
  public var height: Float { yMax - yMin }
  /// The point midway between the left and the right boundary.
  public var centerX: Float { (xMin + xMax) / 2 }
  /// The point midway between the upper and the lower boundary.
  public var centerY: Float { (yMin + yMax) / 2 }

  /// Width times height; 0 for a box whose boundaries have crossed.
  public var area: Float { max(0, width) * max(0, height) }

  /// Whether the box has no area or a coordinate that is not a number.
  public var isDegenerate: Bool { !(width > 0 && height > 0) }
}

extension BoundingBox {
  /// The part of the box inside the image, for fractional coordinates.
  public var clipped: BoundingBox {
    BoundingBox(
      xMin: min(max(xMin, 0), 1), yMin: min(max(yMin, 0), 1),
      xMax: min(max(xMax, 0), 1), yMax: min(max(yMax, 0), 1))
  }

  /// The box with its horizontal coordinates multiplied by `x` and its vertical ones by `y`.
  public func scaled(x: Float, y: Float) -> BoundingBox {
    BoundingBox(xMin: xMin * x, yMin: yMin * y, xMax: xMax * x, yMax: yMax * y)
  }

  /// The box in pixels of an image of this size, from fractional coordinates. Coordinates are those
  /// of edges, not of pixels' centers, and are not rounded or cut off: (0, 0) is the image's upper
  /// left corner, (width, height) its lower right one.
  public func pixels(width: Int, height: Int) -> BoundingBox {
    scaled(x: Float(width), y: Float(height))
  }

  /// The area that two boxes share, in the square of their unit.
  public func intersection(_ other: BoundingBox) -> Float {
    max(0, min(xMax, other.xMax) - max(xMin, other.xMin))
      * max(0, min(yMax, other.yMax) - max(yMin, other.yMin))
  }

  /// The intersection over union (IoU, the paper's Jaccard overlap) of two boxes in the same unit,
  /// from 0 (disjoint) to 1 (equal).
  public func iou(with other: BoundingBox) -> Float {
    let shared = intersection(other)
    let union = area + other.area - shared
    return union > 0 ? shared / union : 0
  }
}
