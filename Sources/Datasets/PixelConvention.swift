import MultiBox

/// What the pixel numbers of an annotation mean: the one place where that is decided.
///
/// A box enters the network as numbers from 0 to 1. Pascal VOC counts columns and rows from 1 and
/// names the first and the last one that belong to the object. As the tutorial and the authors'
/// code do, 1 is subtracted from all four numbers, which are then divided by width and height; the
/// last pixel's own extent is not added. Results are compared with boxes made in the same way, so
/// the choice cancels out.
public enum PixelConvention: String, Hashable, Sendable, Codable {
  /// Pascal VOC: pixels counted from 1, the maximum being the last one inside.
  case fromOne
  /// The tutorial's lists: Pascal VOC's numbers minus 1.
  case fromZero
  /// COCO: positions of the box's edges, the picture's left and top edge being 0.
  case edges

  /// The number of the first column and row.
  public var origin: Float { self == .fromOne ? 1 : 0 }

  /// How many pixels a mirrored box lies nearer to the origin than its edges alone would say: the
  /// number of a pixel `x` becomes `width - 1 - x`, the position of an edge `width - x`.
  public var mirrorShift: Float { self == .edges ? 0 : 1 }

  /// A box in pixels with the picture's first column and row numbered 0.
  public func zeroBased(_ box: BoundingBox) -> BoundingBox {
    BoundingBox(
      xMin: box.xMin - origin, yMin: box.yMin - origin, xMax: box.xMax - origin,
      yMax: box.yMax - origin)
  }

  /// A box in fractions of the picture.
  public func fractional(_ box: BoundingBox, width: Int, height: Int) -> BoundingBox {
    let pixels = zeroBased(box)
    return BoundingBox(
      xMin: pixels.xMin / Float(width), yMin: pixels.yMin / Float(height),
      xMax: pixels.xMax / Float(width), yMax: pixels.yMax / Float(height))
  }

  /// A box of the picture's fractions in this convention's pixels.
  public func pixels(_ box: BoundingBox, width: Int, height: Int) -> BoundingBox {
    let scaled = box.scaled(x: Float(width), y: Float(height))
    return BoundingBox(
      xMin: scaled.xMin + origin, yMin: scaled.yMin + origin, xMax: scaled.xMax + origin,
      yMax: scaled.yMax + origin)
  }

  /// Whether a box reaches further than one pixel out of the picture. The one pixel forgives tools
  /// that mix up counting from 0 and from 1.
  public func isOutside(_ box: BoundingBox, width: Int, height: Int) -> Bool {
    let tolerance: Float = 1
    let first = origin
    let last = self == .edges ? 0 : 1 - origin
    return
      !(box.xMin >= first - tolerance && box.yMin >= first - tolerance
      && box.xMax <= Float(width) - last + tolerance
      && box.yMax <= Float(height) - last + tolerance)
  }
}
