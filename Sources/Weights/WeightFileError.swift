import Foundation

/// What is wrong with a file of weights, and where.
public struct WeightFileError: Error, CustomStringConvertible, Sendable {
  /// The file's path.
  public let file: String
  /// The tensor it is about, or nil when it concerns the file as a whole.
  public let tensor: String?
  /// What is wrong with it.
  public let problem: Problem

  /// A problem with the file at a path.
  public init(file: String, tensor: String? = nil, _ problem: Problem) {
    self.file = file
    self.tensor = tensor
    self.problem = problem
  }

  /// A problem with the file at a URL.
  public init(_ url: URL, tensor: String? = nil, _ problem: Problem) {
    self.init(file: url.path, tensor: tensor, problem)
  }

  /// The kinds of things that can be wrong.
  public enum Problem: Sendable, Equatable {
    /// The operating system refused: opening, mapping, writing.
    case system(action: String, reason: String)
    /// A part of the file that should have `needed` bytes has only `available`.
    case tooShort(part: String, needed: UInt64, available: UInt64)
    /// The bytes do not follow the format.
    case malformed(String)
    /// The format allows it, this reader does not.
    case unsupported(String)
    /// A pickle wants something imported or called that no tensor needs.
    case forbiddenGlobal(String)
    /// The file has no tensor of that name.
    case missingTensor
    /// A tensor's data does not lie where it may.
    case outOfRange(begin: UInt64, end: UInt64, limit: UInt64)
    /// A tensor's data does not begin where its predecessor's ends.
    case notContiguous(begin: UInt64, expected: UInt64)
    /// A tensor's shape needs another number of bytes than its data has.
    case sizeMismatch(shape: [Int], scalarType: ScalarType, needed: UInt64, found: UInt64)
    /// A tensor has another element type than was asked for.
    case wrongScalarType(found: ScalarType, wanted: String)
  }

  /// The file, the tensor and the problem in words.
  public var description: String {
    "\(file): " + (tensor.map { "tensor `\($0)`: " } ?? "") + problem.description
  }
}

extension WeightFileError.Problem: CustomStringConvertible {
  /// The problem in words.
  public var description: String {
    switch self {
    case .system(let action, let reason): "cannot \(action): \(reason)"
    case .tooShort(let part, let needed, let available):
      "\(part) needs \(needed) bytes, but only \(available) are there; the file is cut off or damaged"
    case .malformed(let what): what
    case .unsupported(let what): what
    case .forbiddenGlobal(let name):
      "the pickle refers to `\(name)`, which no weights need; it was not run and the file is refused"
    case .missingTensor: "the file has no such tensor"
    case .outOfRange(let begin, let end, let limit):
      """
      the data lies at bytes \(begin)..<\(end), but there are only \(limit); the file is cut off or damaged
      """
    case .notContiguous(let begin, let expected):
      "the data begins at byte \(begin) where \(expected) was expected"
    case .sizeMismatch(let shape, let scalarType, let needed, let found):
      "shape \(shape) of \(scalarType.rawValue) needs \(needed) bytes, but the data has \(found)"
    case .wrongScalarType(let found, let wanted):
      "the elements are \(found.rawValue), but \(wanted) were asked for"
    }
  }
}

/// The operating system's words for the current `errno`.
func systemReason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
