import MultiBox

/// Pictures and objects for one step of training or evaluation.
public struct Batch: Sendable {
  /// RGB samples 0...255, shape (count, size, size, 3): the network normalises on its own device.
  public var pixels: [UInt8]
  /// Width and height of every picture.
  public var size: Int
  /// Each picture's objects, their boxes in fractions of the picture as it is shown.
  public var objects: [[GroundTruthObject]]
  /// The pictures' names.
  public var names: [String]
  /// Their places in the data set.
  public var indices: [Int]
  /// Their sizes before anything was done to them.
  public var sourceSizes: [(width: Int, height: Int)]

  /// How many pictures there are.
  public var count: Int { indices.count }

  /// A batch from its parts.
  public init(
    pixels: [UInt8], size: Int, objects: [[GroundTruthObject]], names: [String], indices: [Int],
    sourceSizes: [(width: Int, height: Int)]
  ) {
    self.pixels = pixels
    self.size = size
    self.objects = objects
    self.names = names
    self.indices = indices
    self.sourceSizes = sourceSizes
  }
}
