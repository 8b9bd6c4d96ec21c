import Datasets
import Foundation
import SSD
import TestSupport
import Testing
import Torch
import Training

/// What a GPU is given to do, done by the CPU: the operators are the same.
@Suite("A training step that nobody waits for", .serialized)
struct DeviceStepperTests {
  private func stepper(
    normalized: Bool, batchSize: Int, accumulation: Int = 1, clip: Double? = nil,
    rate: Double = 2e-4
  ) throws -> Stepper {
    var configuration = TrainerTests.configuration
    configuration.base.vgg16?.hasBatchNormalization = normalized
    let network = hashedNetwork(configuration)
    network.isTraining = true
    return try Stepper(
      network,
      configuration: TrainingConfiguration(
        batchSize: batchSize, accumulation: accumulation,
        schedule: LearningRateSchedule(
          initial: rate, iterations: 100, warmUpIterations: 4),
        maximumGradientNorm: clip, averageDecay: 0.9))
  }

  private func batches(in folder: URL, of size: Int) throws -> [Batch] {
    let dataset = try TrainerTests.dataset(in: folder, count: 2 * size)
    let loader = BatchLoader(dataset, .evaluation(batchSize: size))
    return [try #require(try loader.next()), try #require(try loader.next())]
  }

  // Normalisation over four images magnifies rounding from step to step, unless steps are small.
  @Test(
    arguments: [
      (false, nil, 2e-4), (false, 1, 2e-4), (true, 1, 2e-4), (true, nil, 1e-6),
    ] as [(Bool, Double?, Double)])
  func makesTheSameSixStepsAsTheOther(normalized: Bool, clip: Double?, rate: Double) throws {
    try withTemporaryFolder { folder in
      let batches = try batches(in: folder, of: 4)
      let expected = try stepper(normalized: normalized, batchSize: 4, clip: clip, rate: rate)
      let device = try DeviceStepper(
        stepper(normalized: normalized, batchSize: 4, clip: clip, rate: rate))
      for iteration in 0..<6 {
        let batch = batches[iteration % 2]
        let figures = try expected.step(on: batch, iteration: iteration)
        device.enqueue(batch, iteration: iteration)
        let outcome = device.outcome()
        #expect(outcome.skipped == 0)
        for (value, wanted) in [
          (outcome.figures.loss, figures.loss),
          (outcome.figures.localization, figures.localization),
          (outcome.figures.confidence, figures.confidence),
          (outcome.figures.gradientNorm, figures.gradientNorm),
          (outcome.figures.learningRate, figures.learningRate),
        ] { #expect(abs(value - wanted) <= 1e-3 * abs(wanted), "step \(iteration + 1)") }
      }
      for ((name, tensor), (_, wanted)) in zip(
        device.stepper.network.state, expected.network.state)
      {
        #expect((tensor - wanted).norm2().scalar <= 1e-4 * (wanted.norm2().scalar + 1), "\(name)")
      }
    }
  }

  @Test func ofPartsOfABatchIsThatOfTheWholeBatch() throws {
    try withTemporaryFolder { folder in
      let batch = try batches(in: folder, of: 6)[0]
      let whole = try DeviceStepper(stepper(normalized: false, batchSize: 6))
      let parts = try DeviceStepper(
        stepper(normalized: false, batchSize: 2, accumulation: 3))
      for device in [whole, parts] {
        for iteration in 0..<2 { device.enqueue(batch, iteration: iteration) }
      }
      let (expected, figures) = (whole.outcome().figures, parts.outcome().figures)
      #expect(abs(figures.loss - expected.loss) < 1e-4 * expected.loss)
      #expect(
        abs(figures.gradientNorm - expected.gradientNorm) < 1e-3 * expected.gradientNorm)
    }
  }

  @Test func thatIsNotFiniteChangesNothingAndIsToldLater() throws {
    try withTemporaryFolder { folder in
      let batches = try batches(in: folder, of: 2)
      let device = try DeviceStepper(stepper(normalized: true, batchSize: 2))
      device.enqueue(batches[0], iteration: 0)
      let poisoned = try #require(
        device.stepper.network.parameters.first { $0.name == "base.conv1_1.weight" }
      ).tensor
      let good = poisoned.detached().cloned()
      poisoned.assign(Tensor.full([], value: .nan))
      let before = device.stepper.network.state.map { $0.tensor.detached().cloned() }
      device.enqueue(batches[1], iteration: 1)
      device.enqueue(batches[1], iteration: 2)
      for ((name, tensor), value) in zip(device.stepper.network.state, before)
      where tensor.count != poisoned.count {
        #expect((tensor - value).magnitude().sum().scalar == 0, "\(name)")
      }
      // A loop: the closure of a filter would be taken for the one in #require above (Swift 6.3).
      var statistics = 0
      for (name, tensor) in try #require(device.stepper.average).averages
      where name.contains("running_") {
        statistics += 1
        #expect(tensor.magnitude().sum().scalar.isFinite, "the average of \(name)")
      }
      #expect(statistics > 0)
      poisoned.assign(good)
      device.enqueue(batches[0], iteration: 3)
      let outcome = device.outcome()
      #expect(outcome.skipped == 2)
      #expect(outcome.skippedInARow == 0)
      #expect(outcome.lastSkipped?.iteration == 2)
      #expect(outcome.lastSkipped?.reason.loss.isNaN == true)
      #expect(outcome.lastSkipped?.images == batches[1].names)
      #expect(outcome.figures.loss.isFinite)
      #expect(device.outcome().skipped == 0)
    }
  }

  @Test func aRunLooksAtItsLossesNowAndThen() throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder, count: 8)
      let trainer = try Trainer(
        hashedNetwork(TrainerTests.configuration), on: dataset,
        configuration: TrainingConfiguration(
          batchSize: 2, schedule: LearningRateSchedule(initial: 0.01, iterations: 8), seed: 11),
        runsAhead: true)
      trainer.iterationsPerLook = 3
      var seen: [Int] = []
      var underway: [Int] = []
      while !trainer.isFinished {
        try trainer.runEpoch(workers: 1, shouldStop: { false }) {
          switch $0 {
          case .step(let step): seen.append(step.iteration)
          case .underway(let iteration): underway.append(iteration)
          default: break
          }
        }
      }
      // The first, every third, and the last of each epoch of four.
      #expect(seen == [1, 3, 4, 6, 8])
      #expect(underway == [2, 5, 7])
    }
  }

  @Test func aRunWithASpoiltWeightStopsAndNamesTheImages() throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder)
      let trainer = try Trainer(
        hashedNetwork(TrainerTests.configuration), on: dataset,
        configuration: TrainingConfiguration(
          batchSize: 2, schedule: LearningRateSchedule(initial: 0.01, iterations: 9)),
        runsAhead: true)
      let parameter = try #require(trainer.network.parameters.first { $0.name.hasSuffix("weight") })
      parameter.tensor.assign(Tensor.full([], value: .nan))
      let error = #expect(throws: TrainingError.self) {
        try trainer.runEpoch(workers: 1, shouldStop: { false }) { _ in }
      }
      let text = try #require(error?.description)
      #expect(text.contains("iteration 1"))
      #expect(dataset.images.count { text.contains($0.id) } == 2)
    }
  }
}
