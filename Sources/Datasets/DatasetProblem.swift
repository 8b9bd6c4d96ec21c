import Foundation
import MultiBox

/// Something wrong with a data set: in which file, at which object, and what.
///
/// Reading throws the first one; ``DatasetCheck`` collects all of them.
public struct DatasetProblem: Error, Hashable, Sendable {
  /// What can be wrong.
  public enum Kind: Hashable, Sendable {
    case missingFolder(expected: String)
    case missingList(available: [String])
    case emptyList
    case duplicateImage(id: String)
    case missingAnnotation
    case invalidAnnotation(String)
    case missingImage
    case unreadableImage(String)
    case sizeMismatch(annotated: PixelSize, picture: PixelSize)
    case degenerateBox(BoundingBox)
    case boxOutside(BoundingBox, picture: PixelSize)
    case unknownClass(known: [String])
    case noImages
  }

  /// The file or folder at fault.
  public var file: URL
  /// The object's place in the file, from 1.
  public var objectNumber: Int?
  /// The object's label.
  public var label: String?
  /// What is wrong.
  public var kind: Kind

  /// A problem of a file, or of one object of it.
  public init(file: URL, object: AnnotatedObject? = nil, kind: Kind) {
    self.file = file
    objectNumber = object?.number
    label = object?.label
    self.kind = kind
  }

  /// Whether only one object is at fault and the rest of its picture can be used.
  public var concernsOneObject: Bool {
    switch kind {
    case .degenerateBox, .boxOutside, .unknownClass: true
    default: false
    }
  }

  /// The kind of problem in a few words, for counting.
  public var reason: String {
    switch kind {
    case .missingFolder: "missing folder"
    case .missingList: "missing list"
    case .emptyList: "empty list"
    case .duplicateImage: "picture listed twice"
    case .missingAnnotation: "missing annotation"
    case .invalidAnnotation: "invalid annotation"
    case .missingImage: "missing picture"
    case .unreadableImage: "unreadable picture"
    case .sizeMismatch: "size of the picture differs from its annotation"
    case .degenerateBox: "box without area"
    case .boxOutside: "box outside the picture"
    case .unknownClass: "unknown class"
    case .noImages: "no pictures"
    }
  }
}

extension DatasetProblem: CustomStringConvertible {
  /// One line: where and what, such as
  /// `Annotations/7.xml: object 3 (dog): the box (5, 5) to (5, 9) has no area`.
  public var description: String {
    var place = file.path
    if let objectNumber { place += ": object \(objectNumber)" }
    if let label { place += " (\(label))" }
    return "\(place): \(explanation)"
  }

  private var explanation: String {
    switch kind {
    case .missingFolder(let expected):
      return "no folder `\(expected)` here; a Pascal VOC folder holds Annotations, JPEGImages"
        + " and ImageSets/Main"
    case .missingList(let available):
      return "there is no such list; the folder has "
        + (available.isEmpty ? "none" : available.joined(separator: ", "))
    case .emptyList: return "the list names no pictures"
    case .duplicateImage(let id): return "`\(id)` is listed twice"
    case .missingAnnotation: return "the annotation is missing"
    case .invalidAnnotation(let why): return why
    case .missingImage: return "the picture is missing"
    case .unreadableImage(let why): return "the picture cannot be read: \(why)"
    case .sizeMismatch(let annotated, let picture):
      return "the annotation is for a picture of \(annotated), but the picture has \(picture)"
    case .degenerateBox(let box): return "the box \(box.corners) has no area"
    case .boxOutside(let box, let picture):
      return "the box \(box.corners) reaches out of the picture of \(picture)"
    case .unknownClass(let known):
      return "unknown class; known are \(known.joined(separator: ", "))"
    case .noImages: return "the data set has no pictures"
    }
  }
}

extension DatasetProblem: LocalizedError {
  /// The same line for interfaces that ask Foundation.
  public var errorDescription: String? { description }
}

/// Width and height in pixels.
public struct PixelSize: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Columns.
  public var width: Int
  /// Rows.
  public var height: Int

  /// A size from columns and rows.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Such as `500x375`.
  public var description: String { "\(width)x\(height)" }
}

extension BoundingBox {
  fileprivate var corners: String {
    func text(_ value: Float) -> String {
      value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
    }
    return "(\(text(xMin)), \(text(yMin))) to (\(text(xMax)), \(text(yMax)))"
  }
}
