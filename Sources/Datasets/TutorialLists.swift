import Foundation
import MultiBox

/// The tutorial's files: `TRAIN_images.json`, `TRAIN_objects.json`, `TEST_images.json`,
/// `TEST_objects.json` and `label_map.json` in one folder.
///
/// Images are absolute paths; objects are their boxes in pixels counted from 0
/// (``PixelConvention/fromZero``), their labels as numbers of the label map, in which background
/// is 0, and 0 or 1 for difficult.
public enum TutorialLists {
  /// The two lists of pictures.
  public enum Split: String, Sendable, CaseIterable {
    case train = "TRAIN"
    case test = "TEST"
  }

  /// Writes the lists of one or both splits and the label map.
  ///
  /// Pictures without objects are left out, as the tutorial does. Groups are too.
  /// - Throws: An error of Foundation when a file cannot be written.
  public static func write(
    train: DetectionDataset?, test: DetectionDataset?, to folder: URL
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (split, dataset) in [(Split.train, train), (.test, test)] {
      guard let dataset else { continue }
      var files: [String] = []
      var objects: [Objects] = []
      for image in dataset.images {
        let kept = image.objects.filter {
          !$0.isCrowd && (dataset.keepsDifficult || !$0.isDifficult)
        }
        guard !kept.isEmpty else { continue }
        files.append(image.file.standardizedFileURL.path)
        objects.append(
          Objects(
            boxes: kept.map {
              let box = image.convention.zeroBased($0.box)
              return [box.xMin, box.yMin, box.xMax, box.yMax]
            },
            labels: kept.map { dataset.classes.index(of: $0.label) ?? 0 },
            difficulties: kept.map { $0.isDifficult ? 1 : 0 }))
      }
      try encoded(files).write(to: imagesFile(split, in: folder), options: .atomic)
      try encoded(objects).write(to: objectsFile(split, in: folder), options: .atomic)
    }
    guard let classes = (train ?? test)?.classes else { return }
    var map = ["background": 0]
    for (index, label) in classes.labels.enumerated() { map[label] = index + 1 }
    try encoded(map).write(to: labelMapFile(in: folder), options: .atomic)
  }

  /// Reads the list of one split.
  /// - Throws: ``DatasetProblem`` naming file and place.
  public static func read(
    _ split: Split, from folder: URL, keepsDifficult: Bool = true
  ) throws(DatasetProblem) -> DetectionDataset {
    let classes = try readClasses(from: folder)
    let imagesFile = imagesFile(split, in: folder)
    let objectsFile = objectsFile(split, in: folder)
    let files: [String] = try decodedJSON(imagesFile)
    let objects: [Objects] = try decodedJSON(objectsFile)
    guard !files.isEmpty else { throw DatasetProblem(file: imagesFile, kind: .emptyList) }
    guard files.count == objects.count else {
      throw DatasetProblem(
        file: objectsFile,
        kind: .invalidAnnotation(
          "there are objects of \(objects.count) pictures, but \(files.count) pictures in"
            + " \(imagesFile.lastPathComponent)"))
    }
    let entries = zip(files, objects).enumerated().map { (index: $0, file: $1.0, objects: $1.1) }
    var images: [AnnotatedImage] = []
    for result in inParallel(
      entries,
      { entry in
        Result { () throws(DatasetProblem) in
          let file = URL(filePath: entry.file)
          let size = try pictureSize(file)
          return AnnotatedImage(
            id: file.deletingPathExtension().lastPathComponent, file: file,
            annotationFile: objectsFile, width: size.width, height: size.height,
            convention: .fromZero,
            objects: try entry.objects.annotated(
              classes: classes, file: objectsFile, image: entry.index + 1))
        }
      })
    {
      images.append(try result.get())
    }
    return try DetectionDataset(images: images, classes: classes, keepsDifficult: keepsDifficult)
  }

  private static func readClasses(from folder: URL) throws(DatasetProblem) -> ClassList {
    let file = labelMapFile(in: folder)
    let map: [String: Int] = try decodedJSON(file)
    let labels = map.filter { $0.value != 0 }.sorted { $0.value < $1.value }
    guard labels.map(\.value) == Array(1..<labels.count + 1), map["background"] ?? 0 == 0 else {
      throw DatasetProblem(
        file: file,
        kind: .invalidAnnotation("labels have to be numbered from 1, `background` being 0"))
    }
    do {
      return try ClassList(validating: labels.map(\.key))
    } catch {
      throw DatasetProblem(file: file, kind: .invalidAnnotation("\(error)"))
    }
  }

  private static func imagesFile(_ split: Split, in folder: URL) -> URL {
    folder.appending(path: "\(split.rawValue)_images.json")
  }

  private static func objectsFile(_ split: Split, in folder: URL) -> URL {
    folder.appending(path: "\(split.rawValue)_objects.json")
  }

  private static func labelMapFile(in folder: URL) -> URL {
    folder.appending(path: "label_map.json")
  }

  private static func encoded(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }
}

/// The objects of one picture as the tutorial's lists hold them.
private struct Objects: Codable, Sendable {
  var boxes: [[Float]]
  var labels: [Int]
  var difficulties: [Int]

  func annotated(
    classes: ClassList, file: URL, image: Int
  ) throws(DatasetProblem) -> [AnnotatedObject] {
    func invalid(_ text: String) -> DatasetProblem {
      DatasetProblem(file: file, kind: .invalidAnnotation("picture \(image): \(text)"))
    }
    guard boxes.count == labels.count, boxes.count == difficulties.count else {
      throw invalid(
        "\(boxes.count) boxes, \(labels.count) labels and \(difficulties.count) difficulties")
    }
    var result: [AnnotatedObject] = []
    for (index, box) in boxes.enumerated() {
      guard box.count == 4 else {
        throw invalid("box \(index + 1) has \(box.count) instead of 4 numbers")
      }
      guard (1...classes.count).contains(labels[index]) else {
        throw invalid("object \(index + 1) has the label \(labels[index]) of 1...\(classes.count)")
      }
      result.append(
        AnnotatedObject(
          label: classes.label(at: labels[index]),
          box: BoundingBox(xMin: box[0], yMin: box[1], xMax: box[2], yMax: box[3]),
          isDifficult: difficulties[index] != 0, number: index + 1))
    }
    return result
  }
}
