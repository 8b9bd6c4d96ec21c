import Foundation
import MultiBox

/// What an evaluation found, as it is printed and saved.
public struct EvaluationReport: Sendable, Hashable {
  /// Means over the classes that have objects.
  public var mean: Means
  /// The classes in the order of the model's list.
  public var classes: [ClassFigures]

  /// The figures over all classes.
  public struct Means: Sendable, Hashable {
    /// Mean average precision at 11 recalls (VOC 2007); nil when no class has objects.
    public var voc07: Double?
    /// Mean area under the precision-recall curve (VOC since 2010).
    public var voc: Double?
    /// COCO's figures, nil when they were not asked for.
    public var coco: COCOFigures?
  }

  /// The figures of one class.
  public struct ClassFigures: Sendable, Hashable {
    /// The class's label.
    public var label: String
    /// Average precision at 11 recalls; nil when the class has no objects that count.
    public var voc07: Double?
    /// The area under the precision-recall curve.
    public var voc: Double?
    /// Objects that count.
    public var objectCount: Int
    /// Objects that do not, because they are difficult.
    public var difficultCount: Int
    /// All detections of the class.
    public var detectionCount: Int
  }

  /// Sums up what the evaluators measured.
  public init(_ results: [AveragePrecisionEvaluator.ClassResult], coco: COCOFigures? = nil) {
    classes = results.map { result in
      ClassFigures(
        label: result.label, voc07: result.curve.elevenPointAveragePrecision,
        voc: result.curve.areaAveragePrecision, objectCount: result.curve.objectCount,
        difficultCount: result.difficultCount, detectionCount: result.detectionCount)
    }
    func mean(_ figures: [Double]) -> Double? {
      figures.isEmpty ? nil : figures.reduce(0, +) / Double(figures.count)
    }
    self.mean = Means(
      voc07: mean(classes.compactMap(\.voc07)), voc: mean(classes.compactMap(\.voc)), coco: coco)
  }

  /// The classes that have no objects and are left out of the means.
  public var classesWithoutObjects: [String] {
    classes.filter { $0.objectCount == 0 }.map(\.label)
  }

  /// The report as JSON text, keys in alphabetical order.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}

/// `{"map": {"voc07", "voc", "coco": {"AP", ...}}, "classes": {NAME: {"voc07", ...}}}`; what was
/// not measured is null.
extension EvaluationReport: Codable {
  private enum CodingKeys: String, CodingKey {
    case mean = "map"
    case classes
  }

  private struct Label: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads what ``encode(to:)`` wrote, the classes in alphabetical order.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mean = try container.decode(Means.self, forKey: .mean)
    let byLabel = try container.nestedContainer(keyedBy: Label.self, forKey: .classes)
    // JSON objects have no order.
    classes = try byLabel.allKeys.sorted { $0.stringValue < $1.stringValue }.map { label in
      try byLabel.decode(ClassFigures.self, forKey: label)
    }
  }

  /// Writes the form shown above.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mean, forKey: .mean)
    var byLabel = container.nestedContainer(keyedBy: Label.self, forKey: .classes)
    for figures in classes {
      try byLabel.encode(figures, forKey: Label(stringValue: figures.label))
    }
  }
}

extension EvaluationReport.Means: Codable {
  private enum CodingKeys: String, CodingKey { case voc07, voc, coco }

  /// Writes what was not measured as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(voc07, forKey: .voc07)
    try container.encode(voc, forKey: .voc)
    try container.encode(coco, forKey: .coco)
  }
}

extension EvaluationReport.ClassFigures: Codable {
  private enum CodingKeys: String, CodingKey {
    case voc07, voc
    case objectCount = "objects"
    case difficultCount = "difficult"
    case detectionCount = "detections"
  }

  /// The label is the key that the figures stand under.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    label = decoder.codingPath.last?.stringValue ?? ""
    voc07 = try container.decodeIfPresent(Double.self, forKey: .voc07)
    voc = try container.decodeIfPresent(Double.self, forKey: .voc)
    objectCount = try container.decode(Int.self, forKey: .objectCount)
    difficultCount = try container.decode(Int.self, forKey: .difficultCount)
    detectionCount = try container.decode(Int.self, forKey: .detectionCount)
  }

  /// Writes what was not measured as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(voc07, forKey: .voc07)
    try container.encode(voc, forKey: .voc)
    try container.encode(objectCount, forKey: .objectCount)
    try container.encode(difficultCount, forKey: .difficultCount)
    try container.encode(detectionCount, forKey: .detectionCount)
  }
}
