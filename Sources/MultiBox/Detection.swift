/// One object found in an image.
public struct Detection: Hashable, Sendable {
  /// The object's box in fractional boundary coordinates. It may reach over the image's edge.
  public var box: BoundingBox
  /// The class index, 1 for the first class.
  public var classIndex: Int
  /// The class's label.
  public var label: String
  /// The softmax score of the class, 0...1.
  public var score: Float

  /// A detection; see the properties for units.
  public init(box: BoundingBox, classIndex: Int, label: String, score: Float) {
    self.box = box
    self.classIndex = classIndex
    self.label = label
    self.score = score
  }
}

/// One annotated object of an image: what a detection is compared with.
public struct GroundTruthObject: Hashable, Sendable {
  /// The object's box in fractional boundary coordinates.
  public var box: BoundingBox
  /// The class index, 1 for the first class.
  public var classIndex: Int
  /// Whether the annotators found the object hard to recognise. Difficult objects are neither
  /// counted nor punished in the evaluation.
  public var isDifficult: Bool

  /// An object; see the properties for units.
  public init(box: BoundingBox, classIndex: Int, isDifficult: Bool = false) {
    self.box = box
    self.classIndex = classIndex
    self.isDifficult = isDifficult
  }
}
