import MultiBox

/// An image, what is there and what was found: the raw material of every analysis.
public struct ScoredImage: Sendable, Hashable {
  /// The name that lists and result files use.
  public var id: String
  /// In pixels.
  public var width: Int
  /// In pixels.
  public var height: Int
  /// What was found, in any order; boxes in pixels.
  public var detections: [Detection]
  /// What is there; boxes in pixels.
  public var objects: [GroundTruthObject]

  /// An image whose boxes are in pixels, as result files and annotations give them.
  public init(
    id: String, width: Int, height: Int, detections: [Detection], objects: [GroundTruthObject]
  ) {
    self.id = id
    self.width = width
    self.height = height
    self.detections = detections
    self.objects = objects
  }

  /// An image whose boxes are fractions of it, as a detector gives them.
  public init(
    id: String, width: Int, height: Int, fractionalDetections: [Detection],
    fractionalObjects: [GroundTruthObject]
  ) {
    self.init(
      id: id, width: width, height: height,
      detections: fractionalDetections.map { detection in
        var detection = detection
        detection.box = detection.box.pixels(width: width, height: height)
        return detection
      },
      objects: fractionalObjects.map { object in
        var object = object
        object.box = object.box.pixels(width: width, height: height)
        return object
      })
  }

  /// The image with those detections alone that score at least so much.
  public func keeping(minimumScore: Float) -> ScoredImage {
    var image = self
    image.detections.removeAll { !($0.score >= minimumScore) }
    return image
  }
}
