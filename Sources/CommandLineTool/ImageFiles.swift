import Foundation
import Images

/// Finds the images that a user means.
enum ImageFiles {
  /// The files of paths, folders (their images, not those of folders in them) and patterns.
  static func found(_ arguments: [String]) throws -> [URL] {
    try arguments.flatMap { argument -> [URL] in
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) {
        return isFolder.boolValue ? try images(in: argument) : [URL(filePath: argument)]
      }
      let matches = matches(of: argument)
      guard !matches.isEmpty else { throw CommandError("there is no image \(argument)") }
      return matches
    }
  }

  private static func images(in folder: String) throws -> [URL] {
    let url = URL(filePath: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { Image.fileExtensions.contains(($0 as NSString).pathExtension.lowercased()) }
      .sorted()
    guard !names.isEmpty else {
      throw CommandError("there are no images in \(folder) (folders in it do not count)")
    }
    return names.map { URL(filePath: (folder as NSString).appendingPathComponent($0)) }
  }

  private static func matches(of pattern: String) -> [URL] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { URL(filePath: String(cString: $0)) }
    }
  }
}
