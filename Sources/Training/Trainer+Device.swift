import Datasets

/// Iterations on a device that works while nobody waits for it.
extension Trainer {
  /// One iteration on a device, which is looked at now and then.
  ///
  /// - Parameter waited: how long for the batch.
  func step(
    on batch: Batch, with device: DeviceStepper, waited: Duration
  ) throws -> [TrainingEvent] {
    let epoch = epoch
    device.enqueue(batch, iteration: iteration)
    iteration += 1
    sinceLook.iterations += 1
    sinceLook.waited += waited
    let isLookDue =
      iteration == 1 || isFinished
      || iteration % iterationsPerLook == 0 || iteration % iterationsPerEpoch == 0
    guard isLookDue else { return [.underway(iteration: iteration)] }

    let outcome = device.outcome()
    var events: [TrainingEvent] = []
    if let bad = outcome.lastSkipped {
      let step = BadStep(
        iteration: bad.iteration + 1, epoch: bad.iteration / iterationsPerEpoch + 1,
        loss: bad.reason.loss, gradientNorm: bad.reason.gradientNorm, images: bad.images)
      guard configuration.skipsBadSteps else { throw TrainingError.notFinite(step) }
      guard outcome.skippedInARow <= Self.mostBadSteps else {
        throw TrainingError.nothingButBadSteps(step, count: outcome.skippedInARow)
      }
      events.append(.skipped(step))
    }
    if outcome.skippedInARow == 0 {
      let figures = outcome.figures
      let passed = sinceLook.perIteration
      events.append(
        .step(
          TrainingStep(
            iteration: iteration, epoch: epoch + 1, loss: figures.loss,
            localizationLoss: figures.localization, confidenceLoss: figures.confidence,
            learningRate: figures.learningRate, gradientNorm: figures.gradientNorm,
            images: batch.count, seconds: passed.seconds, dataSeconds: passed.waited,
            stages: figures.stages)))
    }
    sinceLook = SinceLook()
    return events
  }
}

/// What passed since a device was looked at.
struct SinceLook {
  let began = ContinuousClock.now
  var iterations = 0
  /// For batches.
  var waited = Duration.zero

  /// In seconds.
  var perIteration: (seconds: Double, waited: Double) {
    let count = Double(max(iterations, 1))
    return ((ContinuousClock.now - began).seconds / count, waited.seconds / count)
  }
}
