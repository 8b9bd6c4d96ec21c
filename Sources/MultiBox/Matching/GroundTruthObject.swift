/// One annotated object of an image (ground truth): what a detection is compared with.
public struct GroundTruthObject: Hashable, Sendable {
  /// The object's box in fractional boundary coordinates.
  public var box: BoundingBox
  /// The class index; 1 is the first class, as 0 is background.
  public var classIndex: Int
  /// Whether the annotators found the object hard to recognize. Difficult objects are neither
  /// counted nor punished in the evaluation.
  public var isDifficult: Bool

  /// An object; see the properties for units.
  public init(box: BoundingBox, classIndex: Int, isDifficult: Bool = false) {
    self.box = box
    self.classIndex = classIndex
    self.isDifficult = isDifficult
  }
}
