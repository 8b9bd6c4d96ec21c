import Foundation
import Images
import MultiBox

/// A data set of textured shapes that is painted instead of photographed: something to learn from
/// within minutes, with boxes that are exact.
///
/// A scene is a pure function of the settings, the seed and its number.
public struct SyntheticShapes: Hashable, Sendable, Codable {
  /// What lies behind the objects.
  public enum Background: String, Hashable, Sendable, Codable, CaseIterable {
    /// Soft gradients.
    case smooth
    /// Noise, patches, lines and distracting blobs.
    case cluttered
  }

  /// Settings that go together.
  public enum Difficulty: String, Hashable, Sendable, Codable, CaseIterable {
    /// One to four large shapes of six classes over soft gradients, hardly overlapping.
    case simple
    /// One to eight shapes of eight classes and all sizes, overlapping, over clutter.
    case cluttered
  }

  /// The classes.
  public var shapes: [SyntheticShape]
  /// The pictures' widths in pixels.
  public var widths: ClosedRange<Int>
  /// The pictures' heights in pixels.
  public var heights: ClosedRange<Int>
  /// Objects in a picture. There may be fewer where no place is left.
  public var objectCounts: ClosedRange<Int>
  /// Diameters of the objects as fractions of the picture's shorter side.
  public var sizes: ClosedRange<Double>
  /// The largest rotation from upright, in degrees.
  public var maximumRotation: Double
  /// The share of each object that others leave visible.
  public var minimumVisibleShare: Double
  /// What lies behind the objects.
  public var background: Background
  /// Deviation of the noise of a pixel, of 255 levels.
  public var pixelNoise: Double
  /// The seed of everything.
  public var seed: UInt64

  /// The settings of a difficulty, each of which can be changed afterwards.
  public init(_ difficulty: Difficulty, seed: UInt64 = 0) {
    self.seed = seed
    switch difficulty {
    case .simple:
      shapes = [.circle, .square, .triangle, .star, .cross, .ring]
      widths = 300...400
      heights = 300...360
      objectCounts = 1...4
      sizes = 0.3...0.7
      maximumRotation = 20
      minimumVisibleShare = 0.9
      background = .smooth
      pixelNoise = 2
    case .cluttered:
      shapes = SyntheticShape.allCases
      widths = 320...500
      heights = 300...400
      objectCounts = 1...8
      sizes = 0.05...0.8
      maximumRotation = 180
      minimumVisibleShare = 0.5
      background = .cluttered
      pixelNoise = 5
    }
  }

  /// The classes in the order of the shapes.
  public var classes: ClassList { ClassList(shapes.map(\.rawValue)) }

  /// Writes a data set in Pascal VOC's layout: JPEG pictures, annotations, and the lists
  /// `trainval` and `test`.
  ///
  /// - Parameters:
  ///   - folder: Is created when it does not exist.
  ///   - trainingCount: Pictures in the list `trainval`.
  ///   - testCount: Pictures in the list `test`.
  ///   - progress: Is told after every few pictures how many are written.
  /// - Throws: An error of Foundation or `ImageError` when a file cannot be written.
  public func write(
    to folder: URL, trainingCount: Int, testCount: Int, progress: ((Int) -> Void)? = nil
  ) throws {
    for name in ["Annotations", "JPEGImages", "ImageSets/Main"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    let count = trainingCount + testCount
    let ids = (0..<count).map { index in
      let digits = String(index + 1)
      return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
    let chunk = 64
    for start in stride(from: 0, to: count, by: chunk) {
      let indices = Array(start..<min(start + chunk, count))
      for result in inParallel(
        indices,
        { index in
          Result { try writeScene(index, id: ids[index], to: folder) }
        })
      {
        try result.get()
      }
      progress?(min(start + chunk, count))
    }
    for (split, members) in [
      ("trainval", ids.prefix(trainingCount)), ("test", ids.suffix(testCount)),
    ] {
      let text = members.map { $0 + "\n" }.joined()
      try Data(text.utf8).write(
        to: folder.appending(path: "ImageSets/Main/\(split).txt"), options: .atomic)
    }
  }

  private func writeScene(_ index: Int, id: String, to folder: URL) throws {
    let scene = scene(at: index)
    try scene.image.jpegData(quality: 92).write(
      to: folder.appending(path: "JPEGImages/\(id).jpg"), options: .atomic)
    let annotation = VOCAnnotation(
      size: PixelSize(width: scene.image.width, height: scene.image.height),
      objects: scene.objects)
    try Data(annotation.xml(imageName: "\(id).jpg").utf8).write(
      to: folder.appending(path: "Annotations/\(id).xml"), options: .atomic)
  }
}
