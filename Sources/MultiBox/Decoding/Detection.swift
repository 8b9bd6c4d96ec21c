/// One object found in an image: its box, class and score.
public struct Detection: Hashable, Sendable {
  /// The object's box in fractional boundary coordinates; ``BoundingBox/pixels(width:height:)`` gives
  /// it in pixels. It may reach over the image's edge.
  public var box: BoundingBox
  /// The class index; 1 is the first class, as 0 is background.
  public var classIndex: Int
  /// The label of the class.
  public var label: String
  /// The softmax score (confidence) of the class, 0...1.
  public var score: Float

  /// A detection; see the properties for units.
  public init(box: BoundingBox, classIndex: Int, label: String, score: Float) {
    self.box = box
    self.classIndex = classIndex
    self.label = label
    self.score = score
  }
}
