/// A box by its center and size ("cxcywh"): the form in which priors are defined and offsets are
/// measured.
///
/// Coordinates are fractional, as in ``BoundingBox``.
public struct CenterSizeBox: Hashable, Sendable, Codable {
  /// The distance of the center from the image's left edge.
  public var centerX: Float
  /// The distance of the center from the image's top edge.
  public var centerY: Float
  /// The whole width, not half of it.
  public var width: Float
  /// The whole height, not half of it.
  public var height: Float

  /// A box from its center and size.
  public init(centerX: Float, centerY: Float, width: Float, height: Float) {
    self.centerX = centerX
    self.centerY = centerY
    self.width = width
    self.height = height
  }

  /// The same box, described by its boundaries.
  public init(_ box: BoundingBox) {
    self.init(
      centerX: box.centerX, centerY: box.centerY, width: box.width, height: box.height)
  }
}
