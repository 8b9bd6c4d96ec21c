/// The object classes (labels) that a model knows, in the order of its logits.
///
/// Column 0 is *background* and implicit: the first label has class index 1.
///
/// ```swift
/// let classes = ClassList(["cat", "dog"])
/// classes.index(of: "dog")  // 2
/// ```
public struct ClassList: Hashable, Sendable {
  /// The labels, without background.
  public let labels: [String]
  private let indices: [String: Int]

  /// A list of these labels, without background.
  ///
  /// - Precondition: the labels differ from one another; ``init(validating:)`` throws instead.
  public init(_ labels: [String]) {
    self.labels = labels
    indices = Dictionary(uniqueKeysWithValues: zip(labels, 1...))
  }

  /// Checks labels that come from a user or a file.
  ///
  /// - Throws: ``ClassListError`` when a label is empty, repeated or called `background`.
  public init(validating labels: [String]) throws {
    var seen: Set<String> = []
    for label in labels {
      guard !label.isEmpty else { throw ClassListError.empty }
      guard label != "background" else { throw ClassListError.background }
      guard seen.insert(label).inserted else { throw ClassListError.repeated(label) }
    }
    guard !labels.isEmpty else { throw ClassListError.none }
    self.init(labels)
  }

  /// The number of object classes; a prior has one logit more, for background.
  public var count: Int { labels.count }

  /// The class index (1...count) of a label, or nil when the list does not hold it.
  public func index(of label: String) -> Int? { indices[label] }

  /// The label of a class index; 0 is `background`.
  public func label(at index: Int) -> String { index == 0 ? "background" : labels[index - 1] }
}

extension ClassList: Codable {
  /// Reads the labels and checks them; see ``init(validating:)``.
  public init(from decoder: any Decoder) throws {
    try self.init(validating: [String](from: decoder))
  }

  /// Writes the labels as a plain list.
  public func encode(to encoder: any Encoder) throws { try labels.encode(to: encoder) }
}

/// A reason why labels are no list of classes.
public enum ClassListError: Error, CustomStringConvertible {
  /// The list holds no label.
  case none
  /// A label is the empty text.
  case empty
  /// A label is `background`, which every list has implicitly.
  case background
  /// The label occurs twice.
  case repeated(String)

  /// A sentence that says what is wrong.
  public var description: String {
    switch self {
    case .none: "the list of classes is empty"
    case .empty: "a class label is empty"
    case .background: "`background` is implicit and cannot be an object class"
    case .repeated(let label): "the class `\(label)` is listed twice"
    }
  }
}
