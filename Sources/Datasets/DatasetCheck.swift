import Foundation
import Images
import MultiBox

/// An inspection of a data set: every problem, and what is left without them.
public struct DatasetCheck: Sendable {
  /// What is wrong, in the order of the lists.
  public var problems: [DatasetProblem]
  /// The pictures that can be used, without the objects that cannot.
  public var images: [AnnotatedImage]
  /// How many pictures were looked at.
  public var imageCount: Int
  /// How many objects were looked at.
  public var objectCount: Int

  /// Inspects folders in Pascal VOC's layout.
  ///
  /// - Parameters:
  ///   - sources: The folders and their lists.
  ///   - classes: The only classes allowed; nil allows all.
  ///   - decodesImages: Whether every picture is decoded, which finds damaged ones.
  public init(voc sources: [DatasetSource], classes: ClassList? = nil, decodesImages: Bool = true) {
    var read: [AnnotatedImage] = []
    problems = []
    imageCount = 0
    for source in sources {
      do {
        let reading = try VOCReading([source])
        read += reading.images
        problems += reading.problems
        imageCount += reading.images.count + reading.unreadableCount
      } catch {
        problems.append(error)
      }
    }
    objectCount = read.reduce(0) { $0 + $1.objects.count }
    let found = Self.problems(in: read, classes: classes, decodesImages: decodesImages)
    problems += found.flatMap { $0 }
    images = Self.usable(read, problems: found)
  }

  /// Inspects a folder in Pascal VOC's layout: all of its annotations and all of its lists.
  public init(folder: URL, classes: ClassList? = nil, decodesImages: Bool = true) {
    let everything = DatasetSource(folder: folder, split: nil)
    self.init(voc: [everything], classes: classes, decodesImages: decodesImages)
    let known = (try? everything.imageIDs()).map(Set.init) ?? []
    guard !known.isEmpty else { return }
    for split in everything.availableSplits {
      let source = DatasetSource(folder: folder, split: split)
      let list = source.listFolder.appending(path: split + ".txt")
      do {
        var seen: Set<String> = []
        for id in try source.imageIDs() {
          if !seen.insert(id).inserted {
            problems.append(DatasetProblem(file: list, kind: .duplicateImage(id: id)))
          } else if !known.contains(id) {
            problems.append(
              DatasetProblem(file: source.annotationFile(of: id), kind: .missingAnnotation))
          }
        }
      } catch {
        problems.append(error)
      }
    }
    if everything.availableSplits.isEmpty {
      problems.append(
        DatasetProblem(file: folder, kind: .missingFolder(expected: "ImageSets/Main")))
    }
  }

  /// How often each kind of problem occurs, the commonest first.
  public var counts: [(reason: String, count: Int)] { Self.counts(of: problems) }

  /// How often each kind of problem occurs, the commonest first.
  public static func counts(of problems: [DatasetProblem]) -> [(reason: String, count: Int)] {
    Dictionary(grouping: problems, by: \.reason).map { ($0.key, $0.value.count) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  /// The problems of each picture.
  static func problems(
    in images: [AnnotatedImage], classes: ClassList? = nil, decodesImages: Bool
  ) -> [[DatasetProblem]] {
    inParallel(images) { image in
      objectProblems(of: image, classes: classes)
        + pictureProblems(of: image, decodes: decodesImages)
    }
  }

  /// The pictures without those that cannot be used and without the objects at fault.
  static func usable(_ images: [AnnotatedImage], problems: [[DatasetProblem]]) -> [AnnotatedImage] {
    zip(images, problems).compactMap { image, problems in
      guard problems.allSatisfy(\.concernsOneObject) else { return nil }
      var result = image
      let faulty = Set(problems.compactMap(\.objectNumber))
      result.objects.removeAll { faulty.contains($0.number) }
      return result
    }
  }

  private static func objectProblems(
    of image: AnnotatedImage, classes: ClassList?
  ) -> [DatasetProblem] {
    var result: [DatasetProblem] = []
    for object in image.objects {
      func report(_ kind: DatasetProblem.Kind) {
        result.append(DatasetProblem(file: image.annotationFile, object: object, kind: kind))
      }
      if object.box.isDegenerate {
        report(.degenerateBox(object.box))
      } else if image.convention.isOutside(object.box, width: image.width, height: image.height) {
        report(
          .boxOutside(object.box, picture: PixelSize(width: image.width, height: image.height)))
      }
      if let classes, classes.index(of: object.label) == nil {
        report(.unknownClass(known: classes.labels))
      }
    }
    return result
  }

  private static func pictureProblems(
    of image: AnnotatedImage, decodes: Bool
  ) -> [DatasetProblem] {
    let size: PixelSize
    do {
      size = try pictureSize(image.file)
    } catch {
      return [error]
    }
    var result: [DatasetProblem] = []
    let annotated = PixelSize(width: image.width, height: image.height)
    if size != annotated {
      result.append(
        DatasetProblem(
          file: image.annotationFile, kind: .sizeMismatch(annotated: annotated, picture: size)))
    }
    if decodes {
      do {
        _ = try Image(contentsOf: image.file)
      } catch {
        result.append(
          DatasetProblem(file: image.file, kind: .unreadableImage(error.explanation)))
      }
    }
    return result
  }
}
