import Torch

/// What steps on a device leave for whoever looks at them now and then.
final class StepRecord {
  /// Of the last step: loss, localization, confidence, norm of the gradient.
  private let last: Tensor
  /// Of steps that changed nothing: how many since the last look, how many at the end in a row.
  private let counts: Tensor
  /// Of the last step that changed nothing: iteration, loss, norm of the gradient.
  private let skipped: Tensor

  init(on device: Device) {
    last = .zeros([4], device: device)
    counts = .zeros([2], device: device)
    skipped = .zeros([3], device: device)
  }

  /// - Parameters:
  ///   - losses: total, localization, confidence, (3).
  ///   - isSkipped: 1 for a step that changed nothing, 0 for others.
  func note(losses: Tensor, norm: Tensor, iteration: Tensor, isSkipped: Tensor) {
    let norms = norm.unsqueezed(0)
    let figures = Tensor.concatenated([losses, norms], along: 0)
    last.assign(figures)
    let isBad = isSkipped .> 0
    skipped.assign(
      Tensor.concatenated(
        [iteration.unsqueezed(0), losses.sliced(0..<1), norms], along: 0
      ).chosen(where: isBad, otherwise: skipped))
    let more = counts + isSkipped
    counts.assign(
      Tensor.stacked([more.selected(0), more.selected(1) * isSkipped]))
  }

  struct Values {
    var loss, localization, confidence, gradientNorm: Double
    var skipped, skippedInARow: Int
    /// Counted from 0.
    var lastSkipped: Int
    var lastSkippedLoss, lastSkippedNorm: Double
  }

  /// Waits for the steps before, and starts counting anew.
  func read() -> Values {
    // One copy for all of it.
    let values = Tensor.concatenated([last, counts, skipped], along: 0).array(of: Double.self)
    counts.sliced(0..<1).assign(Tensor.zeros([1], device: counts.device))
    return Values(
      loss: values[0], localization: values[1], confidence: values[2], gradientNorm: values[3],
      skipped: Int(values[4]), skippedInARow: Int(values[5]), lastSkipped: Int(values[6]),
      lastSkippedLoss: values[7], lastSkippedNorm: values[8])
  }
}
