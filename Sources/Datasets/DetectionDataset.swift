import Foundation
import MultiBox

/// Annotated pictures and the classes their objects belong to.
public struct DetectionDataset: Sendable {
  /// The pictures in the order of their lists.
  public private(set) var images: [AnnotatedImage]
  /// The classes; every object's label is among them.
  public let classes: ClassList
  /// Whether objects marked as difficult are part of ``groundTruth(at:)``.
  public var keepsDifficult: Bool

  /// Puts a data set together.
  /// - Throws: ``DatasetProblem`` for a label that `classes` does not hold.
  public init(
    images: [AnnotatedImage], classes: ClassList, keepsDifficult: Bool = true
  ) throws(DatasetProblem) {
    for image in images {
      for object in image.objects where classes.index(of: object.label) == nil {
        throw DatasetProblem(
          file: image.annotationFile, object: object, kind: .unknownClass(known: classes.labels))
      }
    }
    self.images = images
    self.classes = classes
    self.keepsDifficult = keepsDifficult
  }

  /// How many pictures there are.
  public var count: Int { images.count }

  /// The picture of an index.
  public subscript(index: Int) -> AnnotatedImage { images[index] }

  /// The objects of all pictures.
  public var objectCount: Int { images.reduce(0) { $0 + $1.objects.count } }

  /// The objects of a picture with boxes in fractions of it; groups, and difficult objects where
  /// they are not kept, are left out.
  public func groundTruth(at index: Int) -> [GroundTruthObject] {
    // The initialiser has looked every label up.
    (try? images[index].groundTruth(classes: classes, keepsDifficult: keepsDifficult)) ?? []
  }

  /// The first `limit` pictures.
  public func prefix(_ limit: Int) -> DetectionDataset {
    var result = self
    result.images = Array(images.prefix(limit))
    return result
  }

  /// The pictures of a share.
  public func part(_ share: Share) -> DetectionDataset {
    var result = self
    result.images = Array(images[share.range(of: images.count)])
    return result
  }

  /// The data set without the pictures and objects that have problems, and those problems.
  ///
  /// A picture whose only fault lies in some of its objects stays with the others, even when none
  /// is left.
  /// - Parameter decodesImages: Whether every picture is decoded, which finds damaged ones but
  ///   takes its time; otherwise only their headers are read.
  public func droppingProblems(
    decodesImages: Bool = false
  ) -> (dataset: DetectionDataset, problems: [DatasetProblem]) {
    let found = DatasetCheck.problems(in: images, decodesImages: decodesImages)
    var result = self
    result.images = DatasetCheck.usable(images, problems: found)
    return (result, found.flatMap { $0 })
  }
}

extension DetectionDataset {
  /// Reads folders in Pascal VOC's layout, one after the other.
  ///
  /// - Parameters:
  ///   - sources: The folders and their lists, such as VOC 2007's and 2012's `trainval`.
  ///   - classes: The classes in the order of the model; nil for what the annotations hold (VOC's
  ///     own twenty if they hold nothing else).
  ///   - keepsDifficult: Whether objects marked as difficult are part of the ground truth.
  /// - Throws: The first ``DatasetProblem``. ``DatasetCheck/init(voc:classes:decodesImages:)``
  ///   reads on and collects them.
  public init(
    voc sources: [DatasetSource], classes: ClassList? = nil, keepsDifficult: Bool = true
  ) throws(DatasetProblem) {
    let reading = try VOCReading(sources)
    if let problem = reading.problems.first { throw problem }
    try self.init(
      images: reading.images, classes: classes ?? .discovered(in: reading.images),
      keepsDifficult: keepsDifficult)
  }
}

extension ClassList {
  /// The classes of annotated pictures: Pascal VOC's twenty when they hold no others, else their
  /// labels in alphabetical order.
  public static func discovered(in images: [AnnotatedImage]) -> ClassList {
    let labels = Set(images.lazy.flatMap(\.objects).map(\.label))
    if labels.allSatisfy({ ClassList.voc.index(of: $0) != nil }) { return .voc }
    return ClassList(labels.sorted())
  }

  /// The classes of data sets in Pascal VOC's layout; see ``discovered(in:)``. Annotations that
  /// cannot be read are passed over.
  /// - Throws: ``DatasetProblem`` when a folder or list is missing.
  public static func discovered(in sources: [DatasetSource]) throws(DatasetProblem) -> ClassList {
    discovered(in: try VOCReading(sources).images)
  }
}
