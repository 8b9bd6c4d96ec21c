import Foundation
import MultiBox

extension DetectionDataset {
  /// Reads a file of instances in COCO's format.
  ///
  /// Groups of objects (`iscrowd`) are marked and neither trained on nor counted. Without `classes`
  /// the categories are the classes, in the order of their ids.
  ///
  /// - Parameters:
  ///   - annotations: Such as `instances_train2017.json`.
  ///   - imageFolder: Where the pictures named in it lie.
  ///   - classes: The classes in the order of the model; nil for all categories, by id.
  /// - Throws: ``DatasetProblem``.
  public init(
    coco annotations: URL, imageFolder: URL, classes: ClassList? = nil
  ) throws(DatasetProblem) {
    let instances: COCOInstances = try decodedJSON(annotations)
    func invalid(_ text: String) -> DatasetProblem {
      DatasetProblem(file: annotations, kind: .invalidAnnotation(text))
    }
    var labels: [Int: String] = [:]
    for category in instances.categories {
      guard labels.updateValue(category.name, forKey: category.id) == nil else {
        throw invalid("the category id \(category.id) occurs twice")
      }
    }
    var images: [AnnotatedImage] = []
    var places: [Int: Int] = [:]
    for image in instances.images {
      guard places.updateValue(images.count, forKey: image.id) == nil else {
        throw DatasetProblem(file: annotations, kind: .duplicateImage(id: "\(image.id)"))
      }
      let file = imageFolder.appending(path: image.file_name)
      images.append(
        AnnotatedImage(
          id: String(image.id), file: file, annotationFile: annotations, width: image.width,
          height: image.height, convention: .edges, objects: []))
    }
    for (index, annotation) in instances.annotations.enumerated() {
      guard let label = labels[annotation.category_id] else {
        throw invalid("annotation \(index + 1) has the unknown category \(annotation.category_id)")
      }
      guard let place = places[annotation.image_id] else {
        throw invalid("annotation \(index + 1) has the unknown picture \(annotation.image_id)")
      }
      guard annotation.bbox.count == 4 else {
        throw invalid("annotation \(index + 1) has \(annotation.bbox.count) instead of 4 numbers")
      }
      let (x, y) = (annotation.bbox[0], annotation.bbox[1])
      images[place].objects.append(
        AnnotatedObject(
          label: label,
          box: BoundingBox(
            xMin: x, yMin: y, xMax: x + annotation.bbox[2], yMax: y + annotation.bbox[3]),
          isCrowd: annotation.iscrowd.map { $0 != 0 } ?? false, number: index + 1))
    }
    let found: ClassList
    do {
      found =
        try classes
        ?? ClassList(
          validating: instances.categories.sorted { $0.id < $1.id }.map(\.name))
    } catch {
      throw invalid("\(error)")
    }
    try self.init(images: images, classes: found)
  }
}

/// The part of COCO's format that detection needs; names as in the file.
private struct COCOInstances: Decodable {
  struct Image: Decodable {
    var id: Int
    var file_name: String
    var width: Int
    var height: Int
  }
  struct Annotation: Decodable {
    var image_id: Int
    var category_id: Int
    var bbox: [Float]
    var iscrowd: Int?
  }
  struct Category: Decodable {
    var id: Int
    var name: String
  }
  var images: [Image]
  var annotations: [Annotation]
  var categories: [Category]
}

/// Reads a JSON file; errors name the file and the place in it.
func decodedJSON<Value: Decodable>(_ file: URL) throws(DatasetProblem) -> Value {
  guard let data = try? Data(contentsOf: file) else {
    throw DatasetProblem(file: file, kind: .missingAnnotation)
  }
  do {
    return try JSONDecoder().decode(Value.self, from: data)
  } catch let error as DecodingError {
    throw DatasetProblem(file: file, kind: .invalidAnnotation(error.place))
  } catch {
    throw DatasetProblem(file: file, kind: .invalidAnnotation("\(error)"))
  }
}

extension DecodingError {
  fileprivate var place: String {
    func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
      let keys = context.codingPath + (last.map { [$0] } ?? [])
      let text = keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return text.isEmpty ? "the file" : "`\(text.joined(separator: "."))`"
    }
    return switch self {
    case .keyNotFound(let key, let context): "\(path(context, key)) is missing"
    case .valueNotFound(_, let context): "\(path(context)) is null"
    case .typeMismatch(let type, let context): "\(path(context)) is no \(type)"
    case .dataCorrupted(let context) where context.codingPath.isEmpty: "this is not JSON"
    case .dataCorrupted(let context): "\(path(context)) is invalid"
    @unknown default: "\(self)"
    }
  }
}
