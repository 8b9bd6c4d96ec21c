import Foundation
import MultiBox

/// One object of a picture as its annotation describes it.
public struct AnnotatedObject: Hashable, Sendable {
  /// The name of its class.
  public var label: String
  /// Its box in pixels, exactly as the file gives it; ``AnnotatedImage/convention`` says what the
  /// numbers mean.
  public var box: BoundingBox
  /// Whether the annotators found it hard to recognise.
  public var isDifficult: Bool
  /// Whether it stands for a group of objects (COCO's `iscrowd`): not trained on.
  public var isCrowd: Bool
  /// Its place in its file, from 1.
  public var number: Int

  /// An object from its parts.
  public init(
    label: String, box: BoundingBox, isDifficult: Bool = false, isCrowd: Bool = false,
    number: Int = 1
  ) {
    self.label = label
    self.box = box
    self.isDifficult = isDifficult
    self.isCrowd = isCrowd
    self.number = number
  }
}

/// A picture and its objects: the form that every kind of data set is read into.
public struct AnnotatedImage: Hashable, Sendable {
  /// The name that lists and result files use, such as `2007_000027`.
  public var id: String
  /// The picture's file.
  public var file: URL
  /// The file that describes the objects.
  public var annotationFile: URL
  /// The picture's width in pixels.
  public var width: Int
  /// The picture's height in pixels.
  public var height: Int
  /// What the numbers of the boxes mean.
  public var convention: PixelConvention
  /// The objects in the order of the file.
  public var objects: [AnnotatedObject]

  /// A picture from its parts.
  public init(
    id: String, file: URL, annotationFile: URL, width: Int, height: Int,
    convention: PixelConvention, objects: [AnnotatedObject]
  ) {
    self.id = id
    self.file = file
    self.annotationFile = annotationFile
    self.width = width
    self.height = height
    self.convention = convention
    self.objects = objects
  }

  /// The objects as training and evaluation see them, with boxes in fractions of the picture.
  /// Groups of objects are left out.
  /// - Throws: ``DatasetProblem`` for a label that the list does not hold.
  public func groundTruth(classes: ClassList, keepsDifficult: Bool = true) throws(DatasetProblem)
    -> [GroundTruthObject]
  {
    var result: [GroundTruthObject] = []
    for object in objects where !object.isCrowd && (keepsDifficult || !object.isDifficult) {
      guard let index = classes.index(of: object.label) else {
        throw DatasetProblem(
          file: annotationFile, object: object, kind: .unknownClass(known: classes.labels))
      }
      result.append(
        GroundTruthObject(
          box: convention.fractional(object.box, width: width, height: height), classIndex: index,
          isDifficult: object.isDifficult))
    }
    return result
  }
}
