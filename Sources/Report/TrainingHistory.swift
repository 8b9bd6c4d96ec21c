import Foundation

/// What `metrics.jsonl` tells about a run.
public struct TrainingHistory: Sendable, Hashable {
  /// A logged iteration.
  public struct Step: Sendable, Hashable, Decodable {
    /// Counted from 1.
    public var iteration: Int
    /// Counted from 1.
    public var epoch: Int
    /// The multibox loss.
    public var loss: Double
    /// Its localization part, before the weight.
    public var localizationLoss: Double
    /// Its confidence part.
    public var confidenceLoss: Double
    /// The learning rate of the weights.
    public var learningRate: Double
    /// The Euclidean length of the gradients before clipping.
    public var gradientNorm: Double?
    /// Images in the batch.
    public var images: Int
    /// How long the iteration took, in seconds.
    public var seconds: Double
  }

  /// A validation.
  public struct Validation: Sendable, Hashable, Decodable {
    /// The last iteration before it, counted from 1.
    public var iteration: Int
    /// The epoch it ends, counted from 1.
    public var epoch: Int
    /// The multibox loss, averaged over batches.
    public var loss: Double
    /// Mean average precision, 0...1; nil without objects.
    public var meanAveragePrecision: Double?
    /// Whether it was the best until then.
    public var isBest: Bool
  }

  /// In the order of the file.
  public private(set) var steps: [Step] = []
  /// In the order of the file.
  public private(set) var validations: [Validation] = []
  /// Lines that could not be read, such as the last of a run that was cut off.
  public private(set) var unreadableLines = 0

  /// Reads a log, as far as it goes.
  /// - Throws: what Foundation says when there is no such file.
  public init(contentsOf url: URL) throws {
    self.init(try Data(contentsOf: url))
  }

  /// Reads the lines of a log.
  public init(_ lines: Data) {
    struct Line: Decodable { let kind: String }
    let decoder = JSONDecoder()
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      do {
        switch try decoder.decode(Line.self, from: line).kind {
        case "step": steps.append(try decoder.decode(Step.self, from: line))
        case "validation": validations.append(try decoder.decode(Validation.self, from: line))
        default: break
        }
      } catch {
        unreadableLines += 1
      }
    }
  }

  /// The best validation.
  public var best: Validation? {
    validations.max { ($0.meanAveragePrecision ?? -1) < ($1.meanAveragePrecision ?? -1) }
  }

  /// How many iterations the log tells of.
  public var iterations: Int { max(steps.last?.iteration ?? 0, validations.last?.iteration ?? 0) }

  /// Whether there is nothing to show.
  public var isEmpty: Bool { steps.isEmpty && validations.isEmpty }
}
