/// What counts as a detection.
public struct DetectionSettings: Hashable, Sendable {
  /// A box needs more than this score in a class to be a candidate of it.
  public var minimumScore: Float
  /// Of two candidates of a class that overlap by more than this, the lesser is dropped.
  public var maximumOverlap: Float
  /// The most detections an image can have, over all classes.
  public var limit: Int
  /// Only so many of a class's best candidates are looked at, or all when nil. The authors' Caffe
  /// code and torchvision look at 400.
  public var maximumCandidates: Int?

  /// Settings for pictures to be looked at: the tutorial's, unless told otherwise.
  public init(
    minimumScore: Float = 0.2, maximumOverlap: Float = 0.5, limit: Int = 200,
    maximumCandidates: Int? = nil
  ) {
    self.minimumScore = minimumScore
    self.maximumOverlap = maximumOverlap
    self.limit = limit
    self.maximumCandidates = maximumCandidates
  }

  /// The settings that results are compared with across implementations: 0.01, 0.45, 200.
  public static let evaluation = DetectionSettings(minimumScore: 0.01, maximumOverlap: 0.45)
}
