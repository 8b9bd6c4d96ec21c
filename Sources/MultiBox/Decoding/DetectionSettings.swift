/// What counts as a detection: the score threshold, the threshold of non-maximum suppression (NMS),
/// and how many detections an image can have.
public struct DetectionSettings: Hashable, Sendable {
  /// The softmax score that a box needs to exceed in a class to be a candidate of it, 0...1.
  public var minimumScore: Float
  /// The intersection over union (IoU), 0...1, above which the lesser of two candidates is dropped.
  public var iouThreshold: Float
  /// The most detections an image can have, over all classes.
  public var limit: Int
  /// The number of a class's best candidates that are looked at, or nil for all. The authors' Caffe
  /// code and torchvision look at 400.
  public var maximumCandidates: Int?
  /// Whether a candidate is also dropped for a better one of another class (class-agnostic NMS), so
  /// that an object that looks like two classes is reported once. SSD compares candidates of the
  /// same class only.
  public var nmsAcrossClasses: Bool

  /// Settings for images that somebody looks at: the tutorial's, unless told otherwise.
  public init(
    minimumScore: Float = 0.2, iouThreshold: Float = 0.5, limit: Int = 200,
    maximumCandidates: Int? = nil, nmsAcrossClasses: Bool = false
  ) {
    self.minimumScore = minimumScore
    self.iouThreshold = iouThreshold
    self.limit = limit
    self.maximumCandidates = maximumCandidates
    self.nmsAcrossClasses = nmsAcrossClasses
  }

  /// The settings that results are compared with across implementations: a score above 0.01, an IoU
  /// of at most 0.45, and 200 detections, as in the authors' Caffe code.
  public static let evaluation = DetectionSettings(minimumScore: 0.01, iouThreshold: 0.45)
}
