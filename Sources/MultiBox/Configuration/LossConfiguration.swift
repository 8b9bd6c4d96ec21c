/// The choices that the multibox loss leaves open.
public struct LossConfiguration: Hashable, Sendable, Codable {
  /// How the best prior of each object is forced to be positive.
  public enum ForcedMatch: String, Sendable, Codable, CaseIterable {
    /// Greedy by overlap, no prior twice, so that every object owns one (the authors' Caffe code).
    case greedy
    /// Each object takes its best prior; where two want the same, the later object has it (the
    /// tutorial).
    case laterObjectWins
  }

  /// The distance between predicted and true offsets.
  public enum Localization: String, Sendable, Codable, CaseIterable {
    case smoothL1
    case l1
  }

  /// The intersection over union (IoU, Jaccard overlap) from which on a prior is positive.
  public var overlapThreshold: Float
  /// Hard negatives for each positive of an image.
  public var negativesPerPositive: Int
  /// The weight of the localization loss (alpha in the paper).
  public var localizationWeight: Float
  /// The distance between predicted and true offsets.
  public var localization: Localization
  /// Whether the four coordinates of a positive are averaged (the tutorial's code) instead of
  /// summed (paper, Caffe, torchvision).
  public var averagesCoordinates: Bool
  /// How each object gets a prior of its own.
  public var forcedMatch: ForcedMatch

  /// The paper's loss, unless told otherwise.
  public init(
    overlapThreshold: Float = 0.5, negativesPerPositive: Int = 3, localizationWeight: Float = 1,
    localization: Localization = .smoothL1, averagesCoordinates: Bool = false,
    forcedMatch: ForcedMatch = .greedy
  ) {
    self.overlapThreshold = overlapThreshold
    self.negativesPerPositive = negativesPerPositive
    self.localizationWeight = localizationWeight
    self.localization = localization
    self.averagesCoordinates = averagesCoordinates
    self.forcedMatch = forcedMatch
  }
}
