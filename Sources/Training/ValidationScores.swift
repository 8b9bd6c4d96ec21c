import Evaluation
import Foundation

/// Everything that a validation measured; a ``ValidationResult`` is what the log keeps of it.
public struct ValidationScores: Sendable {
  /// The last iteration before it, counted from 1.
  public let iteration: Int
  /// The multibox loss, averaged over batches.
  public let loss: Double
  /// The curves and counts of each class, in the order of the list.
  public let results: [AveragePrecisionEvaluator.ClassResult]
  /// COCO's figures.
  public let coco: COCOFigures?
  /// The first few images, the same ones at every validation.
  public let examples: [Example]

  /// An image and what was found in it.
  public struct Example: Sendable {
    /// The picture's file.
    public let file: URL
    /// Detections and objects.
    public let image: ScoredImage
  }

  /// The figures of `ssd evaluate`.
  public var report: EvaluationReport { EvaluationReport(results, coco: coco) }
}
