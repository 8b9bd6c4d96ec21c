import Datasets
import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Training
import Weights

/// Ranks are threads here; `scripts/check/distributed.sh` does the like with processes.
@Suite("Training on several ranks", .serialized)
struct DistributedTrainingTests {
  /// Without batch normalisation, whose statistics are those of a rank's own images.
  static var configuration: SSDConfiguration {
    var configuration = TrainerTests.configuration
    configuration.base.vgg16?.hasBatchNormalization = false
    return configuration
  }

  private static func trainer(
    on dataset: DetectionDataset, batchSize: Int, ranks: Int, skipsBadSteps: Bool = false,
    communicator: any Communicator = SingleProcess()
  ) throws -> Trainer {
    try Trainer(
      // Only rank 0's weights count.
      hashedNetwork(configuration, seed: communicator.isLead ? 1 : 2), on: dataset,
      configuration: TrainingConfiguration(
        batchSize: batchSize, ranks: ranks,
        schedule: LearningRateSchedule(initial: 0.0002, iterations: 6), maximumGradientNorm: 10,
        averageDecay: 0.9, seed: 11, skipsBadSteps: skipsBadSteps),
      communicator: communicator)
  }

  private static func expectSame(
    _ network: SSDNetwork, _ expected: SSDNetwork, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for ((name, tensor), (_, expected)) in zip(network.parameters, expected.parameters) {
      let difference = (tensor - expected).magnitude().array(of: Float.self).max()!
      #expect(difference <= 1e-5, "\(name)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [(2, 4), (4, 2), (3, 4)])
  func equalsTrainingOnOneWithTheWholeBatch(ranks: Int, batchSize: Int) throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder, count: 26)
      let whole = try Self.trainer(on: dataset, batchSize: ranks * batchSize, ranks: 1)
      var expected: [TrainingStep] = []
      try TrainerTests.run(whole, until: 5) { expected.append($0) }
      let file = folder.appending(path: "several.safetensors")
      let found = try ThreadCommunicator.together(ranks) { communicator in
        let trainer = try Self.trainer(
          on: dataset, batchSize: batchSize, ranks: ranks, communicator: communicator)
        var steps: [TrainingStep] = []
        try TrainerTests.run(trainer, until: 5) { steps.append($0) }
        if communicator.isLead { try trainer.save(to: file) }
        return steps
      }.map { try $0.get() }
      for steps in found {
        #expect(steps.map(\.images) == expected.map(\.images))
        for (step, expected) in zip(steps, expected) {
          #expect(abs(step.loss - expected.loss) <= 1e-5 * expected.loss)
          #expect(
            abs(step.gradientNorm - expected.gradientNorm) <= 1e-4 * expected.gradientNorm)
        }
      }
      // All ranks report the same figures, to the last bit.
      #expect(Set(found.map { $0.map(\.loss) }).count == 1)
      let resumed = try Self.trainer(on: dataset, batchSize: batchSize, ranks: ranks)
      let differences = try resumed.resume(from: file)
      #expect(differences.contains { $0.contains("\(ranks) ranks") })
      Self.expectSame(resumed.network, whole.network)
      // One rank goes on as several would.
      try TrainerTests.run(whole, until: 6)
      try TrainerTests.run(resumed, until: 6)
      Self.expectSame(resumed.network, whole.network)
    }
  }

  @Test func validatesInSharesAsOneRankDoes() throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder, count: 7)
      @Sendable func score(_ communicator: any Communicator) throws -> ValidationScores {
        try Validator(dataset, batchSize: 2, communicator: communicator)
          .score(hashedNetwork(Self.configuration), autocast: nil)
      }
      let expected = try score(SingleProcess())
      for result in ThreadCommunicator.together(3, { try score($0) }) {
        let scores = try result.get()
        #expect(abs(scores.loss - expected.loss) < 1e-9 * expected.loss)
        #expect(scores.report.mean.voc07 == expected.report.mean.voc07)
        #expect(scores.coco == expected.coco)
        #expect(scores.examples.map(\.image) == expected.examples.map(\.image))
        #expect(scores.results.map(\.curve) == expected.results.map(\.curve))
      }
    }
  }

  @Test func leavesOutABadStepOnAllRanksOrNoneAndNamesAllImages() throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder, count: 8)
      let results = try ThreadCommunicator.together(2) { communicator in
        let trainer = try Self.trainer(
          on: dataset, batchSize: 2, ranks: 2, skipsBadSteps: true, communicator: communicator)
        if communicator.rank == 1 {
          // Added to this rank's own gradient of the first step.
          (trainer.network.parameters[0].tensor * .infinity).sum().backward()
        }
        var skipped: [BadStep] = []
        var losses: [Double] = []
        try trainer.runEpoch(workers: 1, shouldStop: { false }) { event in
          switch event {
          case .skipped(let step): skipped.append(step)
          case .step(let step): losses.append(step.loss)
          default: break
          }
        }
        return (skipped, losses)
      }.map { try $0.get() }
      for (skipped, losses) in results {
        #expect(skipped.map(\.iteration) == [1])
        #expect(skipped.first.map { Set($0.images).count } == 4)
        #expect(losses.count == 1 && losses[0].isFinite)
      }
    }
  }

  @Test func savesItsStateWhenAnotherRankIsGone() throws {
    struct Death: Error {}
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder.appending(path: "data"), count: 8)
      let runFolder = folder.appending(path: "run")
      let results = ThreadCommunicator.together(2) { communicator in
        let trainer = try Self.trainer(
          on: dataset, batchSize: 2, ranks: 2, communicator: communicator)
        try TrainingRun(trainer, validatingOn: nil, in: runFolder).run { event in
          if case .step(let step) = event, step.iteration == 2, communicator.rank == 1 {
            throw Death()
          }
        }
      }
      guard case .failure(let error as CommunicationError) = results[0] else {
        Issue.record("rank 0 did not notice")
        return
      }
      #expect("\(error)".contains("rank 1 on here"))
      let checkpoint = try SafeTensors(contentsOf: TrainingRun.lastCheckpoint(in: runFolder))
      #expect(checkpoint.metadata["training"]?.contains("\"iteration\":2") == true)
    }
  }

  @Test func refusesRanksThatDiffer() throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder, count: 4)
      let results = ThreadCommunicator.together(2) { communicator in
        let images = communicator.isLead ? dataset.images : dataset.images.reversed()
        let own = try DetectionDataset(images: images, classes: dataset.classes)
        _ = try Self.trainer(on: own, batchSize: 1, ranks: 2, communicator: communicator)
      }
      for result in results {
        #expect(throws: CommunicationError.self) { try result.get() }
      }
    }
    #expect(
      CommunicationError.differ(rank: 1, what: "images").description.contains(
        "rank 1 has other images")
    )
  }

  @Test func refusesCheckpointsOfDifferentIterations() throws {
    try withTemporaryFolder { folder in
      let dataset = try TrainerTests.dataset(in: folder, count: 2)
      let files = ["first", "second"].map { folder.appending(path: "\($0).safetensors") }
      let trainer = try Self.trainer(on: dataset, batchSize: 1, ranks: 2)
      try trainer.save(to: files[0])
      try trainer.runEpoch(workers: 1, shouldStop: { false }, report: { _ in })
      try trainer.save(to: files[1])
      let results = ThreadCommunicator.together(2) { communicator in
        let other = try Self.trainer(
          on: dataset, batchSize: 1, ranks: 2, communicator: communicator)
        try other.resume(from: files[communicator.rank])
      }
      for result in results {
        #expect(throws: CommunicationError.self) { try result.get() }
      }
    }
  }
}
