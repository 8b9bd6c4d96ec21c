import ArgumentParser
import Datasets
import Foundation
import MultiBox

/// What a command may do with a data set that it was given.
enum DataPurpose {
  case training
  case scoring

  /// The lists that are taken, if nobody says otherwise, in order of preference.
  var preferredSplits: [String] {
    switch self {
    case .training: ["trainval", "train"]
    case .scoring: ["test", "val"]
    }
  }
}

/// Reads data sets in the form that people write them.
enum DataArguments {
  static let sourceHelp: ArgumentHelp = """
    A Pascal VOC folder (Annotations, JPEGImages, ImageSets/Main), with its list: \
    VOC2007/trainval. Several are joined by +.
    """

  /// The sources of `text`; folders that come without a list get the one that suits the purpose.
  static func sources(_ text: String, for purpose: DataPurpose) throws -> [DatasetSource] {
    let sources = DatasetSource.parse(text).map { source in
      guard source.split == nil else { return source }
      let available = source.availableSplits
      return DatasetSource(
        folder: source.folder, split: purpose.preferredSplits.first { available.contains($0) })
    }
    guard !sources.isEmpty else { throw ValidationError("`\(text)` names no data set") }
    for source in sources {
      var isFolder: ObjCBool = false
      guard
        FileManager.default.fileExists(atPath: source.folder.path, isDirectory: &isFolder),
        isFolder.boolValue
      else { throw CommandError("there is no folder \(source.folder.path)") }
    }
    return sources
  }

  /// Reads data for training or scoring without what `ssd data check` would find, and says what was
  /// left out.
  static func dataset(
    _ sources: [DatasetSource], classes: ClassList?, keepsDifficult: Bool = true
  ) throws -> DetectionDataset {
    let check = DatasetCheck(voc: sources, classes: classes, decodesImages: false)
    let dataset = try DetectionDataset(
      images: check.images, classes: classes ?? .discovered(in: check.images),
      keepsDifficult: keepsDifficult)
    guard dataset.count > 0 else {
      throw check.problems.first ?? CommandError("\(described(sources)) has no usable images")
    }
    report(check.problems, in: sources)
    return dataset
  }

  private static func report(_ problems: [DatasetProblem], in sources: [DatasetSource]) {
    guard !problems.isEmpty else { return }
    let counts = DatasetCheck.counts(of: problems).map { "\($0.count) x \($0.reason)" }
    complain(
      """
      left out of \(described(sources)): \(counts.joined(separator: ", ")) \
      (`ssd data check` names each)
      """)
  }

  /// `VOC2007/trainval+VOC2012/trainval`
  static func described(_ sources: [DatasetSource]) -> String {
    sources.map { source in
      source.folder.lastPathComponent + (source.split.map { "/\($0)" } ?? "")
    }.joined(separator: "+")
  }
}

/// A mistake that a user can mend, without a usage message.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Writes a line to the standard error.
func complain(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
