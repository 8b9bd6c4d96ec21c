import Foundation
import MultiBox

/// What a data set holds, in numbers.
public struct DatasetStatistics: Sendable, Encodable {
  /// How often a class occurs.
  public struct ClassCount: Sendable, Encodable {
    /// The class.
    public var label: String
    /// Its objects.
    public var objects: Int
    /// Pictures with at least one of them.
    public var images: Int
    /// Objects that the annotators found hard to recognise.
    public var difficult: Int
  }

  /// Objects by area in pixels of their pictures: COCO's limits are 32 x 32 and 96 x 96.
  public struct AreaCounts: Sendable, Encodable {
    /// Below 32 x 32.
    public var small = 0
    /// From 32 x 32 on, below 96 x 96.
    public var medium = 0
    /// From 96 x 96 on.
    public var large = 0
  }

  /// How many pictures there are.
  public let imageCount: Int
  /// Pictures without any object.
  public let emptyImageCount: Int
  /// How many objects there are, groups (COCO's `iscrowd`) left out.
  public let objectCount: Int
  /// The classes, in the order of the list.
  public let classes: [ClassCount]
  /// Objects by area.
  public let areas: AreaCounts
  /// Objects of each picture, in the order of the pictures.
  public let objectsPerImage: [Int]
  /// Width and height of each picture in pixels, in the order of the pictures.
  public let imageSizes: [PixelSize]
  /// The root of each object's area, as a share of its picture.
  public let scales: [Float]
  /// Width over height of each object as the network sees it, on a square.
  public let aspectRatios: [Float]

  /// Counts what a data set holds. Boxes without area count as objects but have no scale or ratio.
  public init(_ dataset: DetectionDataset) {
    var counts = dataset.classes.labels.map {
      ClassCount(label: $0, objects: 0, images: 0, difficult: 0)
    }
    var areas = AreaCounts()
    var (scales, ratios) = ([Float](), [Float]())
    var objectsPerImage: [Int] = []
    for (index, image) in dataset.images.enumerated() {
      let objects = dataset.groundTruth(at: index)
      objectsPerImage.append(objects.count)
      for object in objects {
        counts[object.classIndex - 1].objects += 1
        if object.isDifficult { counts[object.classIndex - 1].difficult += 1 }
        let pixels = object.box.area * Float(image.width) * Float(image.height)
        if pixels < 32 * 32 {
          areas.small += 1
        } else if pixels < 96 * 96 {
          areas.medium += 1
        } else {
          areas.large += 1
        }
        guard !object.box.isDegenerate else { continue }
        scales.append(object.box.area.squareRoot())
        ratios.append(object.box.width / object.box.height)
      }
      for label in Set(objects.map(\.classIndex)) { counts[label - 1].images += 1 }
    }
    imageCount = dataset.count
    emptyImageCount = objectsPerImage.count { $0 == 0 }
    objectCount = objectsPerImage.reduce(0, +)
    classes = counts
    self.areas = areas
    self.objectsPerImage = objectsPerImage
    imageSizes = dataset.images.map { PixelSize(width: $0.width, height: $0.height) }
    self.scales = scales
    aspectRatios = ratios
  }
}

/// How many values lie between neighbouring bounds.
public struct Histogram: Sendable, Encodable {
  /// One more than counts, rising. A bin holds its lower bound, the last both.
  public let bounds: [Float]
  /// Values in each bin; those below the first bound and above the last are in the outermost bins.
  public let counts: [Int]

  /// Counts values.
  /// - Precondition: there are at least two bounds, rising.
  public init(_ values: [Float], bounds: [Float]) {
    precondition(bounds.count >= 2, "a histogram needs two bounds")
    self.bounds = bounds
    var counts = [Int](repeating: 0, count: bounds.count - 1)
    for value in values {
      let above = bounds.firstIndex { $0 > value } ?? bounds.count
      counts[min(max(above - 1, 0), counts.count - 1)] += 1
    }
    self.counts = counts
  }
}
