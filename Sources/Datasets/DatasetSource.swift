import Foundation

/// A folder in Pascal VOC's layout and one of its lists.
public struct DatasetSource: Hashable, Sendable {
  /// The folder that holds `Annotations`, `JPEGImages` and `ImageSets/Main`.
  public var folder: URL
  /// The list in `ImageSets/Main`, without `.txt`; nil for every annotation of the folder.
  public var split: String?

  /// A list of a folder.
  public init(folder: URL, split: String?) {
    self.folder = folder
    self.split = split
  }

  /// Sources as one writes them on a command line: `VOC2007/trainval+VOC2012/trainval`.
  ///
  /// A part that is a data set's folder itself has the list `split`; of any other part the last
  /// name is the list.
  public static func parse(_ text: String, split: String? = nil) -> [DatasetSource] {
    text.split(separator: "+").map { part in
      let url = URL(filePath: String(part))
      let isDataset = ["Annotations", "ImageSets"].contains { name in
        FileManager.default.fileExists(atPath: url.appending(path: name).path)
      }
      guard !isDataset, url.pathComponents.count > 1 else {
        return DatasetSource(folder: url, split: split)
      }
      let parent = url.deletingLastPathComponent()
      let parentIsDataset = FileManager.default.fileExists(
        atPath: parent.appending(path: "Annotations").path)
      return parentIsDataset
        ? DatasetSource(folder: parent, split: url.lastPathComponent)
        : DatasetSource(folder: url, split: split)
    }
  }

  var annotationFolder: URL { folder.appending(path: "Annotations") }
  var imageFolder: URL { folder.appending(path: "JPEGImages") }
  var listFolder: URL { folder.appending(path: "ImageSets/Main") }

  /// The lists in `ImageSets/Main`, sorted.
  public var availableSplits: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: listFolder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
  }

  /// The names of the source's pictures in the order of its list.
  ///
  /// Lines may end in CRLF, and further columns, as in VOC's lists of single classes, are ignored.
  /// - Throws: ``DatasetProblem`` when the folder or the list is missing or the list is empty.
  public func imageIDs() throws(DatasetProblem) -> [String] {
    var isFolder: ObjCBool = false
    guard
      FileManager.default.fileExists(atPath: annotationFolder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw DatasetProblem(file: folder, kind: .missingFolder(expected: "Annotations")) }

    guard let split else {
      let names =
        (try? FileManager.default.contentsOfDirectory(atPath: annotationFolder.path)) ?? []
      let ids = names.filter { $0.hasSuffix(".xml") }.map { String($0.dropLast(4)) }.sorted()
      guard !ids.isEmpty else { throw DatasetProblem(file: annotationFolder, kind: .noImages) }
      return ids
    }
    let list = listFolder.appending(path: split + ".txt")
    guard let data = try? Data(contentsOf: list) else {
      throw DatasetProblem(file: list, kind: .missingList(available: availableSplits))
    }
    let ids = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .compactMap { imageID(ofLine: $0) }
    guard !ids.isEmpty else { throw DatasetProblem(file: list, kind: .emptyList) }
    return ids
  }

  private func imageID(ofLine line: Substring) -> String? {
    let columns = line.split(whereSeparator: \.isWhitespace)
    guard let first = columns.first else { return nil }
    guard columns.count > 1 else { return String(first) }
    // A name may itself hold spaces; the annotation decides.
    let whole = line.trimmingCharacters(in: .whitespaces)
    let exists = FileManager.default.fileExists(atPath: annotationFile(of: whole).path)
    return exists ? whole : String(first)
  }

  func annotationFile(of id: String) -> URL { annotationFolder.appending(path: id + ".xml") }

  /// The picture of a name: `.jpg` first, then what else people have.
  func imageFile(of id: String) -> URL {
    let candidates = ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG"].map {
      imageFolder.appending(path: "\(id).\($0)")
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0.path) } ?? candidates[0]
  }
}
