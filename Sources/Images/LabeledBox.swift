/// A box to draw with a line of text on it.
public struct LabeledBox: Hashable, Sendable {
  /// Where the box lies, in pixels of the picture.
  public var rectangle: Rectangle
  /// What its plate says, for example “person 0.87”; no plate is drawn for an empty text.
  public var text: String
  /// The colour of the box and of its plate.
  public var color: Color
  /// Lengths of drawn and left-out pieces of its line, in line widths; empty for a solid line.
  public var dashes: [Double]

  /// A box in pixels of the picture, its text and its colour.
  public init(rectangle: Rectangle, text: String, color: Color, dashes: [Double] = []) {
    self.rectangle = rectangle
    self.text = text
    self.color = color
    self.dashes = dashes
  }
}
