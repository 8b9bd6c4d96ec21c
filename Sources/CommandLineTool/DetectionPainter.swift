import ArgumentParser
import Foundation
import Images
import Inference
import MultiBox

/// Draws detections, each class in a colour of its own.
struct DetectionPainter {
  let classes: ClassList

  /// The image with boxes, labels and scores; the best detection lies on top.
  func paint(_ detections: [Detection], on image: Image) throws -> Image {
    let boxes = detections.reversed().map { detection in
      LabeledBox(
        rectangle: Rectangle(detection.box.pixels(width: image.width, height: image.height)),
        text: "\(detection.label) \(String(format: "%.2f", detection.score))",
        color: .distinct(detection.classIndex - 1, of: classes.count))
    }
    return try BoxPainter().paint(boxes, on: image)
  }
}

extension ClassList {
  /// The colours of the classes that are there, for a sheet of pictures.
  func keys(of classes: Set<Int>) -> [ContactSheet.Key] {
    classes.sorted().map { .init(label(at: $0), .distinct($0 - 1, of: count)) }
  }
}

/// A folder of pictures that are named after the images they show.
struct PictureFolder {
  private let folder: URL
  private let names: [URL: String]

  /// Creates the folder. Where two images have one name, the second becomes `name-2`. A name that ends
  /// as pictures do stands for the picture itself.
  ///
  /// - Throws: `ValidationError` when that is one picture for several images; `CommandError` for a format
  ///   that pictures are not written in, and where a picture would take the place of an image.
  init(_ folder: URL, for files: [URL]) throws {
    if ImageFormat(fileExtension: folder.pathExtension) != nil {
      guard files.count == 1 else {
        throw ValidationError(
          """
          --output `\(folder.lastPathComponent)` is one picture, but there are \(files.count) images: \
          name a folder
          """)
      }
      self.folder = folder.deletingLastPathComponent()
      names = [files[0]: folder.lastPathComponent]
      try requireOtherFiles()
      return
    }
    guard !Self.otherFormats.contains(folder.pathExtension.lowercased()) else {
      throw CommandError(
        """
        --output `\(folder.lastPathComponent)`: images with boxes are written as \
        \(ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")), or into a folder
        """)
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder
    var taken: [String: Int] = [:]
    var names: [URL: String] = [:]
    for file in files where names[file] == nil {
      let stem = file.deletingPathExtension().lastPathComponent
      let number = taken[stem, default: 0] + 1
      taken[stem] = number
      names[file] =
        (number == 1 ? stem : "\(stem)-\(number)") + "." + file.pathExtension.lowercased()
    }
    self.names = names
    try requireOtherFiles()
  }

  /// Who names them wants a picture, not a folder.
  private static let otherFormats: Set = [
    "svg", "gif", "bmp", "tif", "tiff", "pdf", "avif", "heic",
  ]

  private func requireOtherFiles() throws {
    for file in names.keys
    where self.file(for: file).resolvingSymlinksInPath() == file.resolvingSymlinksInPath() {
      throw CommandError("--output would replace the image \(file.relativePath) itself")
    }
  }

  private func file(for image: URL) -> URL {
    folder.appending(path: names[image] ?? image.lastPathComponent)
  }

  func write(_ picture: Image, of file: URL) throws {
    try picture.write(to: self.file(for: file))
  }
}
