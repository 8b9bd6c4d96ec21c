import Foundation

/// A COCO annotation file (`instances_*.json`), as far as boxes need it.
public struct COCOInstances: Sendable, Codable {
  /// The images, whether they have objects or not.
  public var images: [Image]
  /// The objects of all images.
  public var annotations: [Annotation]
  /// The classes.
  public var categories: [Category]

  /// The content of an annotation file.
  public init(images: [Image], annotations: [Annotation], categories: [Category]) {
    self.images = images
    self.annotations = annotations
    self.categories = categories
  }

  /// An entry of `images`.
  public struct Image: Sendable, Hashable, Codable {
    /// What annotations and results name the image by.
    public var id: Int
    /// The image file's name, without a folder.
    public var fileName: String
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int

    /// An image; its size in pixels.
    public init(id: Int, fileName: String, width: Int, height: Int) {
      self.id = id
      self.fileName = fileName
      self.width = width
      self.height = height
    }

    private enum CodingKeys: String, CodingKey {
      case id
      case fileName = "file_name"
      case width, height
    }
  }

  /// An entry of `annotations`: one object.
  public struct Annotation: Sendable, Hashable, Codable {
    /// Unlike that of any other annotation.
    public var id: Int
    /// The image the object is in.
    public var imageID: Int
    /// The object's class.
    public var categoryID: Int
    /// The left and upper edge, width and height, in pixels.
    public var box: PixelBox
    /// Pixels inside the object's outline; nil stands for the box's area.
    public var area: Double?
    /// Whether it is a group of objects under one box.
    public var isCrowd: Bool

    /// An object; without an area, its box is taken to be full of it.
    public init(
      id: Int, imageID: Int, categoryID: Int, box: PixelBox, area: Double? = nil,
      isCrowd: Bool = false
    ) {
      self.id = id
      self.imageID = imageID
      self.categoryID = categoryID
      self.box = box
      self.area = area
      self.isCrowd = isCrowd
    }

    private enum CodingKeys: String, CodingKey {
      case id
      case imageID = "image_id"
      case categoryID = "category_id"
      case box = "bbox"
      case area
      case isCrowd = "iscrowd"
    }

    /// Reads an entry; `area` and `iscrowd` may be missing.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      id = try container.decode(Int.self, forKey: .id)
      imageID = try container.decode(Int.self, forKey: .imageID)
      categoryID = try container.decode(Int.self, forKey: .categoryID)
      box = try container.decode(PixelBox.self, forKey: .box)
      area = try container.decodeIfPresent(Double.self, forKey: .area)
      isCrowd = try container.decodeIfPresent(Int.self, forKey: .isCrowd) ?? 0 != 0
    }

    /// Writes an entry with all that COCO's tools expect.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(id, forKey: .id)
      try container.encode(imageID, forKey: .imageID)
      try container.encode(categoryID, forKey: .categoryID)
      try container.encode(box, forKey: .box)
      try container.encode(area ?? box.area, forKey: .area)
      try container.encode(isCrowd ? 1 : 0, forKey: .isCrowd)
    }
  }

  /// An entry of `categories`.
  public struct Category: Sendable, Hashable, Codable {
    /// What annotations and results name the class by; ids need not be consecutive.
    public var id: Int
    /// The class's label.
    public var name: String

    /// A class.
    public init(id: Int, name: String) {
      self.id = id
      self.name = name
    }
  }

  /// Reads an annotation file.
  /// - Throws: ``ResultFileError`` that names the entry that is wrong or missing.
  public init(contentsOf file: URL) throws {
    self = try decodeJSON(Self.self, from: file)
  }
}

/// One detection in a COCO results file, which is a list of them.
public struct COCOResult: Sendable, Hashable, Codable {
  /// The image the detection is in.
  public var imageID: Int
  /// The detection's class.
  public var categoryID: Int
  /// The left and upper edge, width and height, in pixels.
  public var box: PixelBox
  /// The higher, the surer.
  public var score: Double

  /// A detection, its box in pixels.
  public init(imageID: Int, categoryID: Int, box: PixelBox, score: Double) {
    self.imageID = imageID
    self.categoryID = categoryID
    self.box = box
    self.score = score
  }

  private enum CodingKeys: String, CodingKey {
    case imageID = "image_id"
    case categoryID = "category_id"
    case box = "bbox"
    case score
  }

  /// Reads a results file.
  /// - Throws: ``ResultFileError`` that names the entry that is wrong or missing.
  public static func results(contentsOf file: URL) throws -> [COCOResult] {
    try decodeJSON([COCOResult].self, from: file)
  }
}

/// Four numbers: left, upper, width, height.
extension PixelBox: Codable {
  /// Reads a list of four numbers.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var numbers: [Double] = []
    while !container.isAtEnd { numbers.append(try container.decode(Double.self)) }
    guard numbers.count == 4 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "\(numbers.count) numbers instead of 4: x, y, width and height"))
    }
    self.init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  /// Writes a list of four numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for number in [x, y, width, height] { try container.encode(number) }
  }
}

private func decodeJSON<Value: Decodable>(_ type: Value.Type, from file: URL) throws -> Value {
  let data: Data
  do { data = try Data(contentsOf: file) } catch {
    throw ResultFileError.unreadable(file: file, reason: error.localizedDescription)
  }
  do {
    return try JSONDecoder().decode(type, from: data)
  } catch let error as DecodingError {
    throw ResultFileError(error, in: file)
  }
}

extension ResultFileError {
  /// Says in which entry of a JSON file decoding stopped, such as `annotations[12].bbox`.
  init(_ error: DecodingError, in file: URL) {
    func entry(_ path: [any CodingKey]) -> String {
      let text = path.reduce(into: "") { text, key in
        if let index = key.intValue {
          text += "[\(index)]"
        } else {
          text += (text.isEmpty ? "" : ".") + key.stringValue
        }
      }
      return text.isEmpty ? "top level" : "`\(text)`"
    }
    switch error {
    case .keyNotFound(let key, let context):
      self = .badEntry(
        file: file, entry: entry(context.codingPath), reason: "`\(key.stringValue)` is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      self = .badEntry(
        file: file, entry: entry(context.codingPath), reason: context.debugDescription)
    @unknown default:
      self = .unreadable(file: file, reason: error.localizedDescription)
    }
  }
}
