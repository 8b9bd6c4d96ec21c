import Foundation
import MultiBox

/// Detections as Pascal VOC's result files hold them: one file a class,
/// `comp4_det_SPLIT_CLASS.txt`, with a line `image_id score xmin ymin xmax ymax` for each
/// detection.
///
/// Files differ in the number of an image's first pixel. VOC's own count from 1, like its
/// annotations; ssd.pytorch's evaluator compares the files with annotations less 1, and so takes
/// them to count from 0, which is the default here. Here boxes always begin at 0: score them with
/// ``DetectionEvaluator/add(pixelDetections:objects:)`` against the annotations' boxes less 1.
public struct VOCResults: Sendable {
  /// The classes, each with a file.
  public let classes: ClassList
  /// By image id; boxes in pixels, 0 being the image's edge.
  public var detections: [String: [Detection]]
  /// Classes that had no file, and so no detections.
  public private(set) var missingClasses: [String] = []

  /// Results in memory; boxes in pixels, 0 being the image's edge.
  public init(classes: ClassList, detections: [String: [Detection]] = [:]) {
    self.classes = classes
    self.detections = detections
  }

  /// Adds the detections of an image.
  ///
  /// - Parameters:
  ///   - detections: with fractional boxes.
  ///   - image: the image's id, such as `2007_000027`.
  ///   - width: the image's width in pixels.
  ///   - height: its height.
  public mutating func add(_ detections: [Detection], image: String, width: Int, height: Int) {
    self.detections[image, default: []] += detections.map { detection in
      var detection = detection
      detection.box = detection.box.pixels(width: width, height: height)
      return detection
    }
  }

  /// The name of a class's file.
  public static func fileName(split: String, label: String) -> String {
    "comp4_det_\(split)_\(label).txt"
  }
}

// MARK: - Reading

extension VOCResults {
  /// Reads the result files of a split.
  ///
  /// - Parameters:
  ///   - folder: where the files lie.
  ///   - split: the list's name, which the files' names hold.
  ///   - classes: the classes to read files of.
  ///   - images: the ids of the split's images, or nil to accept any.
  ///   - firstPixel: what the files call the first pixel of a row, 0 or 1.
  /// - Throws: ``ResultFileError`` when no class has a file, or a line is not understood or names
  ///   another image.
  public init(
    contentsOf folder: URL, split: String, classes: ClassList, images: Set<String>? = nil,
    firstPixel: Float = 0
  ) throws {
    self.init(classes: classes)
    for (offset, label) in classes.labels.enumerated() {
      let file = folder.appending(path: Self.fileName(split: split, label: label))
      guard FileManager.default.fileExists(atPath: file.path) else {
        missingClasses.append(label)
        continue
      }
      try read(
        file, label: label, classIndex: offset + 1, images: images, firstPixel: firstPixel)
    }
    guard missingClasses.count < classes.count else {
      throw ResultFileError.noResults(
        folder: folder, split: split,
        example: Self.fileName(split: split, label: classes.label(at: 1)))
    }
  }

  private mutating func read(
    _ file: URL, label: String, classIndex: Int, images: Set<String>?, firstPixel: Float
  ) throws {
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw ResultFileError.unreadable(file: file, reason: error.localizedDescription)
    }
    let newline = UInt8(ascii: "\n")
    let blanks = Set(" \t\r".utf8)
    for (offset, bytes) in data.split(separator: newline, omittingEmptySubsequences: false)
      .enumerated()
    {
      let fields = bytes.split(whereSeparator: blanks.contains).map {
        String(decoding: $0, as: UTF8.self)
      }
      if fields.isEmpty { continue }
      func fail(_ reason: String) -> ResultFileError {
        .badLine(file: file, line: offset + 1, reason: reason)
      }
      guard fields.count == 6 else {
        throw fail(
          "\(fields.count) fields instead of 6: image_id score xmin ymin xmax ymax")
      }
      if let images, !images.contains(fields[0]) {
        throw fail("the split has no image `\(fields[0])`")
      }
      let numbers = try fields.dropFirst().map { field in
        guard let number = Float(field), number.isFinite else {
          throw fail("`\(field)` is not a finite number")
        }
        return number
      }
      detections[fields[0], default: []].append(
        Detection(
          box: BoundingBox(
            xMin: numbers[1] - firstPixel, yMin: numbers[2] - firstPixel,
            xMax: numbers[3] - firstPixel, yMax: numbers[4] - firstPixel),
          classIndex: classIndex, label: label, score: numbers[0]))
    }
  }
}

// MARK: - Writing

extension VOCResults {
  /// Writes one file for each class, empty for a class without detections.
  ///
  /// Images are in alphabetical order, the detections of an image best first. The folder is made
  /// when it is not there.
  public func write(to folder: URL, split: String, firstPixel: Float = 0) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ResultFileError.unwritable(file: folder, reason: error.localizedDescription)
    }
    var lines: [Int: [String]] = [:]
    for (image, found) in detections.sorted(by: { $0.key < $1.key }) {
      for detection in found.bestFirst(by: \.score) {
        let box = detection.box
        lines[detection.classIndex, default: []].append(
          String(
            format: "%@ %.10f %.6f %.6f %.6f %.6f\n", image, detection.score, box.xMin + firstPixel,
            box.yMin + firstPixel, box.xMax + firstPixel, box.yMax + firstPixel))
      }
    }
    for (offset, label) in classes.labels.enumerated() {
      guard !label.contains("/") else { throw ResultFileError.unknownClass(label: label) }
      let file = folder.appending(path: Self.fileName(split: split, label: label))
      let text = lines[offset + 1, default: []].joined()
      do { try Data(text.utf8).write(to: file, options: .atomic) } catch {
        throw ResultFileError.unwritable(file: file, reason: error.localizedDescription)
      }
    }
  }
}
