/// A rectangle of whole pixels; it may reach out of its image.
public struct PixelRegion: Hashable, Sendable {
  /// The first column; negative left of the image.
  public var left: Int
  /// The first row; negative above the image.
  public var top: Int
  /// The number of columns.
  public var width: Int
  /// The number of rows.
  public var height: Int

  /// A rectangle from its first column and row and its size.
  public init(left: Int, top: Int, width: Int, height: Int) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
  }

  /// Whether the rectangle holds a pixel and lies in an image of the given size.
  public func isInside(width: Int, height: Int) -> Bool {
    left >= 0 && top >= 0 && self.width > 0 && self.height > 0
      && self.width <= width - left && self.height <= height - top
  }
}
