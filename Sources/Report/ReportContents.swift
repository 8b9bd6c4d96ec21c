import Evaluation
import Images
import MultiBox

/// Everything that a report is made from, as plain values.
public struct ReportContents {
  /// The headline, such as “ssd300-tiny on shapes/test”.
  public var title: String
  /// What was scored on what, and when, a few words each.
  public var facts: [String]
  /// What a reader has to know before anything else, such as that the run is not over.
  public var notices: [String]
  /// The classes of the model.
  public var classes: ClassList
  /// What was found in the images and what is there.
  public var images: [ScoredImage]
  /// The picture of an image by its position; nil when it cannot be read.
  public var picture: (Int) -> EncodedImage?
  /// The score from which detections count as claimed in the confusion matrix, among the mistakes and
  /// in the counts of errors; nil for the one of greatest F1.
  public var minimumScore: Float?
  /// The most pictures of mistakes.
  public var mistakeLimit: Int
  /// How training went, if that is known.
  public var history: TrainingHistory?
  /// What was measured while the images were scored, step by step.
  public var timings: [StepTiming]
  /// The network, if it is known.
  public var network: SSDConfiguration?
  /// Tables of settings and versions.
  public var settings: [SettingsGroup]
  /// What the report was made on and with.
  public var environment: SettingsGroup
  /// The program and its version.
  public var generator: String

  /// How long one step of detection took over the images, in milliseconds.
  public struct StepTiming: Sendable {
    /// Such as `network`.
    public var name: String
    /// What half of the images did not exceed.
    public var median: Double
    /// What 95 of 100 images did not exceed.
    public var percentile95: Double
    /// Whether it is the sum of the others.
    public var isTotal: Bool

    /// A step and its milliseconds.
    public init(name: String, median: Double, percentile95: Double, isTotal: Bool = false) {
      self.name = name
      self.median = median
      self.percentile95 = percentile95
      self.isTotal = isTotal
    }
  }

  /// Contents without training, timings, settings and notices, which can be added.
  public init(
    title: String, facts: [String], classes: ClassList, images: [ScoredImage],
    picture: @escaping (Int) -> EncodedImage?, environment: SettingsGroup, generator: String
  ) {
    self.title = title
    self.facts = facts
    self.classes = classes
    self.images = images
    self.picture = picture
    self.environment = environment
    self.generator = generator
    notices = []
    minimumScore = nil
    mistakeLimit = 24
    history = nil
    timings = []
    network = nil
    settings = []
  }
}
