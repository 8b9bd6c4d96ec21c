import Foundation

/// What can be wrong with a file of results or annotations.
public enum ResultFileError: Error, CustomStringConvertible {
  case unreadable(file: URL, reason: String)
  case noResults(folder: URL, split: String, example: String)
  case badLine(file: URL, line: Int, reason: String)
  case badEntry(file: URL, entry: String, reason: String)
  case unwritable(file: URL, reason: String)
  case unknownClass(label: String)

  /// What is wrong and where, in words.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read \(file.path): \(reason)"
    case .noResults(let folder, let split, let example):
      "\(folder.path) holds no results of the split `\(split)`; VOC result files are called like "
        + "\(example)"
    case .badLine(let file, let line, let reason):
      "\(file.path), line \(line): \(reason)"
    case .badEntry(let file, let entry, let reason):
      "\(file.path), \(entry): \(reason)"
    case .unwritable(let file, let reason):
      "cannot write \(file.path): \(reason)"
    case .unknownClass(let label):
      "results cannot be written for the class `\(label)`, which makes no file name"
    }
  }
}
