#if Training
  import Foundation
  import Training

  /// Shows a run: one live line, and a line that stays for every validation.
  struct TrainingDisplay {
    private var line = ProgressLine()
    private let total: Int
    private let iterationsPerEpoch: Int
    /// Smoothed, because single batches differ a lot.
    private var loss: Smoothed
    private var localization: Smoothed
    private var confidence: Smoothed
    private var seconds: Smoothed
    private var dataSeconds: Smoothed

    init(_ trainer: Trainer) {
      total = trainer.configuration.schedule.iterations
      iterationsPerEpoch = trainer.iterationsPerEpoch
      (loss, localization, confidence) = (Smoothed(), Smoothed(), Smoothed())
      (seconds, dataSeconds) = (Smoothed(), Smoothed())
    }

    mutating func show(_ event: TrainingEvent) {
      switch event {
      case .step(let step):
        loss.add(step.loss)
        localization.add(step.localizationLoss)
        confidence.add(step.confidenceLoss)
        seconds.add(step.seconds)
        dataSeconds.add(step.dataSeconds)
        let text = text(step)
        line.show(text)
      case .skipped(let step): line.note("left out: \(step)")
      case .validation(let result):
        let score = result.meanAveragePrecision.map { String(format: "%.4f", $0) } ?? "-"
        line.note(
          String(
            format: "epoch %d  iteration %d  validation loss %.3f  mAP %@%@  (%@)",
            result.epoch, result.iteration, result.loss, score, result.isBest ? "  best" : "",
            formatted(seconds: result.seconds)))
      case .underway, .scored, .saved: break
      }
    }

    private func text(_ step: TrainingStep) -> String {
      String(
        format:
          "epoch %d  %d/%d  loss %.3f (loc %.3f conf %.3f)  rate %.2g  %.1f images/s  data %.0f %%  %@ left",
        step.epoch, step.iteration, total, loss.value, localization.value, confidence.value,
        step.learningRate, Double(step.images) / seconds.value,
        100 * dataSeconds.value / seconds.value,
        formatted(seconds: seconds.value * Double(total - step.iteration)))
    }

    mutating func finish(interrupted: Bool, folder: URL) {
      line.close()
      let path = folder.relativePath
      print(
        interrupted
          ? "stopped; the same command with --resume goes on"
          : "done: \(path)/best.safetensors, \(path)/last.safetensors, \(path)/metrics.jsonl")
    }
  }

  /// A running mean that forgets.
  private struct Smoothed {
    private(set) var value = 0.0
    private var count = 0

    mutating func add(_ sample: Double) {
      count += 1
      value += (sample - value) / Double(min(count, 30))
    }
  }
#endif
