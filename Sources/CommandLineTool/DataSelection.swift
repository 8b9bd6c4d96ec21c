import ArgumentParser
import Datasets
import Foundation
import MultiBox

/// What a command does with a data set that it was given.
enum DataPurpose {
  case training
  case scoring

  /// The lists that are taken if nobody says otherwise, in order of preference.
  var preferredSplits: [String] {
    switch self {
    case .training: ["trainval", "train"]
    case .scoring: ["test", "val"]
    }
  }
}

/// Annotated images as a user names them: Pascal VOC folders with their lists, or a folder with the
/// tutorial's JSON lists.
enum DataSelection {
  case voc([DatasetSource])
  case lists(URL, TutorialLists.Split)

  static let help = ArgumentHelp(
    """
    A Pascal VOC folder (Annotations, JPEGImages, ImageSets/Main), or one of its lists: \
    VOC2007/trainval. Several are joined by +. Or a folder that `ssd data lists` wrote.
    """)

  /// - Parameters:
  ///   - text: folders that come without a list get the one that suits the purpose.
  ///   - split: the list of every folder, instead.
  init(_ text: String, for purpose: DataPurpose, split: String? = nil) throws {
    let folder = URL(filePath: text)
    if Self.exists(folder.appending(path: "label_map.json")) {
      self = .lists(folder, purpose == .training ? .train : .test)
      return
    }
    let sources = DatasetSource.parse(text, split: split).map { source in
      guard source.split == nil else { return source }
      let available = source.availableSplits
      return DatasetSource(
        folder: source.folder, split: purpose.preferredSplits.first { available.contains($0) })
    }
    guard !sources.isEmpty else { throw CommandError("`\(text)` names no data set") }
    for source in sources where !Self.exists(source.folder) {
      throw CommandError("there is no folder \(source.folder.path)")
    }
    self = .voc(sources)
  }

  private static func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path)
  }

  /// What to validate on when training on this: the lists of the same folders that are kept for it.
  var heldOut: DataSelection? {
    switch self {
    case .lists(let folder, .train):
      return Self.exists(folder.appending(path: "TEST_images.json")) ? .lists(folder, .test) : nil
    case .lists: return nil
    case .voc(let sources):
      let heldOut = sources.compactMap { source in
        DataPurpose.scoring.preferredSplits
          // `val` is a part of `trainval`.
          .filter { $0 != source.split && !($0 == "val" && source.split == "trainval") }
          .first { source.availableSplits.contains($0) }
          .map { DatasetSource(folder: source.folder, split: $0) }
      }
      return heldOut.isEmpty ? nil : .voc(heldOut)
    }
  }

  /// The folder's name, for naming what comes of it.
  var name: String {
    switch self {
    case .voc(let sources): sources[0].folder.standardizedFileURL.lastPathComponent
    case .lists(let folder, _): folder.standardizedFileURL.lastPathComponent
    }
  }

  /// The list's name, for result files.
  var listName: String {
    switch self {
    case .voc(let sources): sources[0].split ?? "all"
    case .lists(_, let split): split.rawValue.lowercased()
    }
  }

  /// Reads the images without what `ssd data check` would find, and says what was left out.
  ///
  /// - Parameter classes: those of the model; nil for those of the data.
  func dataset(classes: ClassList? = nil, keepsDifficult: Bool = true) throws -> DetectionDataset {
    let (dataset, problems) = try read(classes: classes, keepsDifficult: keepsDifficult)
    guard dataset.count > 0 else {
      throw CommandError("\(self) has no usable images: \(problems.first?.description ?? "none")")
    }
    if !problems.isEmpty {
      let counts = DatasetCheck.counts(of: problems).map { "\($0.count) x \($0.reason)" }
      printError(
        """
        left out of \(self): \(counts.joined(separator: ", ")) (`ssd data check` names each)
        """)
    }
    return dataset
  }

  private func read(
    classes: ClassList?, keepsDifficult: Bool
  ) throws -> (DetectionDataset, [DatasetProblem]) {
    switch self {
    case .voc(let sources):
      let check = DatasetCheck(voc: sources, classes: nil, decodesImages: false)
      let dataset = try DetectionDataset(
        images: check.images, classes: classes ?? .discovered(in: check.images),
        keepsDifficult: keepsDifficult)
      return (dataset, check.problems)
    case .lists(let folder, let split):
      let dataset = try TutorialLists.read(split, from: folder, keepsDifficult: keepsDifficult)
      if let classes, classes != dataset.classes {
        throw CommandError(
          """
          \(self) has the classes \(dataset.classes.labels.joined(separator: ", ")), the model \
          \(classes.labels.joined(separator: ", "))
          """)
      }
      return dataset.droppingProblems()
    }
  }
}

extension DataSelection: CustomStringConvertible {
  /// `VOC2007/trainval+VOC2012/trainval`
  var description: String {
    switch self {
    case .voc(let sources):
      sources.map { $0.folder.lastPathComponent + ($0.split.map { "/\($0)" } ?? "") }
        .joined(separator: "+")
    case .lists(let folder, let split): "\(folder.lastPathComponent)/\(split.rawValue)"
    }
  }
}
