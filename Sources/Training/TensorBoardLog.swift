import Evaluation
import Foundation
import Images
import TensorBoard

/// Shows a run in TensorBoard: the figures of every logged step, and of every validation its score,
/// the precision-recall curve of each class and a few pictures.
///
/// The file lies in the run's folder; `tensorboard --logdir runs` finds it.
public final class TensorBoardLog {
  private let file: EventFile
  private let iterationsPerLogLine: Int

  /// Opens a new file; a run that goes on has one for each time it was started.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - iteration: the last one that is done; what older files say of later ones is superseded.
  ///   - iterationsPerLogLine: as in ``TrainingRun/Options``.
  /// - Throws: what Foundation says when the file cannot be written.
  public init(
    in folder: URL, resumingAfter iteration: Int,
    iterationsPerLogLine: Int = TrainingRun.Options().iterationsPerLogLine
  ) throws {
    file = try EventFile(in: folder, resumingAfter: iteration)
    self.iterationsPerLogLine = iterationsPerLogLine
  }

  /// Writes down what an event tells.
  /// - Throws: what Foundation says when the file cannot be written, or `ImageError` when the picture
  ///   of a validation image cannot be read.
  public func note(_ event: TrainingEvent) throws {
    switch event {
    case .step(let step):
      guard step.iteration % iterationsPerLogLine == 0 || step.iteration == 1 else { return }
      try file.append(Self.values(step), step: step.iteration)
    case .scored(let scores):
      try file.append(try Self.values(scores), step: scores.iteration)
    default: break
    }
  }

  private static func values(_ step: TrainingStep) -> [EventValue] {
    [
      .scalar(step.loss, "loss/total"), .scalar(step.localizationLoss, "loss/localization"),
      .scalar(step.confidenceLoss, "loss/confidence"),
      .scalar(step.learningRate, "schedule/learning rate"),
      .scalar(step.gradientNorm, "schedule/gradient norm"),
      .scalar(Double(step.images) / step.seconds, "speed/images a second"),
      .scalar(step.dataSeconds / step.seconds, "speed/share of waiting for data"),
    ]
  }

  private static func values(_ scores: ValidationScores) throws -> [EventValue] {
    let report = scores.report
    var values: [EventValue] = [.scalar(scores.loss, "validation/loss")]
    let means = [
      ("mAP", report.mean.voc07), ("mAP, area", report.mean.voc), ("COCO AP", report.mean.coco?.ap),
    ]
    for (name, mean) in means { if let mean { values.append(.scalar(mean, "validation/\(name)")) } }
    for result in scores.results where result.curve.objectCount > 0 {
      values.append(.precisionRecall(result.curve, "precision and recall/\(result.label)"))
      if let precision = result.curve.elevenPointAveragePrecision {
        values.append(.scalar(precision, "average precision/\(result.label)"))
      }
    }
    for example in scores.examples {
      let picture = try ValidationPicture(example: example).drawn()
      values.append(
        .picture(
          try picture.jpegData(), width: picture.width, height: picture.height,
          "validation images/\(example.image.id)"))
    }
    return values
  }
}
