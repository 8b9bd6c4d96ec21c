import Foundation
import Images

/// A small data set in Pascal VOC's layout, written for one test.
struct VOCFolder {
  let folder: URL

  init(_ folder: URL) throws {
    self.folder = folder
    for name in ["Annotations", "JPEGImages", "ImageSets/Main"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
  }

  func list(_ split: String, _ content: String) throws {
    try Data(content.utf8).write(to: folder.appending(path: "ImageSets/Main/\(split).txt"))
  }

  func annotation(_ id: String, _ xml: String) throws {
    try Data(xml.utf8).write(to: folder.appending(path: "Annotations/\(id).xml"))
  }

  func annotation(_ id: String, width: Int, height: Int, objects: String) throws {
    try annotation(
      id,
      """
      <annotation><size><width>\(width)</width><height>\(height)</height><depth>3</depth></size>
      \(objects)</annotation>
      """)
  }

  func picture(_ id: String, _ image: Image, extension name: String = "png") throws {
    try image.write(to: folder.appending(path: "JPEGImages/\(id).\(name)"))
  }

  /// A picture with every pixel of its own, and one object in it.
  func sample(_ id: String, width: Int = 40, height: Int = 30, label: String = "dog") throws {
    try picture(id, .pattern(width: width, height: height))
    try annotation(
      id, width: width, height: height, objects: Self.object(label, 5, 6, 20, 18))
  }

  static func object(
    _ label: String, _ xMin: Float, _ yMin: Float, _ xMax: Float, _ yMax: Float,
    difficult: Int? = nil
  ) -> String {
    """
    <object><name>\(label)</name>
    \(difficult.map { "<difficult>\($0)</difficult>" } ?? "")
    <bndbox><xmin>\(xMin)</xmin><ymin>\(yMin)</ymin><xmax>\(xMax)</xmax><ymax>\(yMax)</ymax>
    </bndbox></object>
    """
  }
}

extension Image {
  /// A picture without symmetry, smooth enough to be resampled and rough enough to tell.
  static func pattern(width: Int, height: Int) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 { pixels.append(UInt8((x * 37 + y * 91 + c * 53 + x * y * 7) % 256)) }
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// A picture from the colour of every pixel.
  init(
    width: Int, height: Int,
    color: (_ x: Int, _ y: Int) -> (red: UInt8, green: UInt8, blue: UInt8)
  ) {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (red, green, blue) = color(x, y)
        pixels += [red, green, blue]
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  func cropped(left: Int, top: Int, width: Int, height: Int) -> Image {
    var pixels: [UInt8] = []
    for y in top..<top + height {
      let start = (y * self.width + left) * 3
      pixels += self.pixels[start..<start + 3 * width]
    }
    return Image(width: width, height: height, pixels: pixels)
  }
}
