import Datasets
import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Training

@Suite("A training step", .serialized)
struct StepperTests {
  /// SSD300 with a thirty-second of its channels, with or without batch normalisation.
  private func network(normalized: Bool) -> SSDNetwork {
    var configuration = TrainerTests.configuration
    configuration.base.vgg16?.hasBatchNormalization = normalized
    return hashedNetwork(configuration)
  }

  private func batch(in folder: URL, count: Int) throws -> Batch {
    let dataset = try TrainerTests.dataset(in: folder, count: count)
    let loader = BatchLoader(dataset, .evaluation(batchSize: count))
    return try #require(try loader.next())
  }

  private func configuration(
    batchSize: Int, accumulation: Int = 1, frozen: [String] = []
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      batchSize: batchSize, accumulation: accumulation,
      schedule: LearningRateSchedule(initial: 0.001, iterations: 100), frozen: frozen)
  }

  @Test func ofPartsOfABatchIsThatOfTheWholeBatch() throws {
    try withTemporaryFolder { folder in
      let batch = try batch(in: folder, count: 6)
      let whole = try Stepper(
        network(normalized: false), configuration: configuration(batchSize: 6))
      let parts = try Stepper(
        network(normalized: false), configuration: configuration(batchSize: 2, accumulation: 3))
      for iteration in 0..<3 {
        let expected = try whole.step(on: batch, iteration: iteration)
        let figures = try parts.step(on: batch, iteration: iteration)
        #expect(abs(figures.loss - expected.loss) < 1e-5 * expected.loss)
        #expect(
          abs(figures.gradientNorm - expected.gradientNorm) < 1e-4 * expected.gradientNorm)
      }
      for ((name, tensor), (_, expected)) in zip(
        parts.network.parameters, whole.network.parameters)
      {
        #expect(
          (tensor - expected).norm2().scalar <= 1e-5 * (expected.norm2().scalar + 1), "\(name)")
      }
    }
  }

  @Test func changesNothingThatIsFrozen() throws {
    try withTemporaryFolder { folder in
      let batch = try batch(in: folder, count: 2)
      let stepper = try Stepper(
        network(normalized: true),
        configuration: configuration(batchSize: 2, frozen: ["conv1", "conv4_2", "pred_convs"]))
      let before = stepper.network.state.map { $0.tensor.array(of: Float.self) }
      stepper.network.isTraining = true
      _ = try stepper.step(on: batch, iteration: 0)
      let isFrozen = ["conv1_", "bn1_", "conv4_2.", "bn4_2.", "pred_convs."]
      for ((name, tensor), values) in zip(stepper.network.state, before) {
        let stays = isFrozen.contains { name.hasPrefix("base." + $0) || name.hasPrefix($0) }
        // A bias before a batch normalisation has the gradient 0.
        if stays || !name.hasSuffix(".bias") {
          #expect((tensor.array() == values) == stays, "\(name)")
        }
      }
    }
  }

  @Test func namesLayersThatDoNotExist() throws {
    let error = #expect(throws: TrainingError.self) {
      try Stepper(
        network(normalized: false), configuration: configuration(batchSize: 1, frozen: ["conv12"]))
    }
    #expect(error?.description.contains("`conv12`") == true)
    #expect(throws: TrainingError.self) {
      try Stepper(
        network(normalized: false),
        configuration: configuration(batchSize: 1, frozen: ["base", "aux_convs", "pred_convs"]))
    }
  }

  @Test func thatIsNotFiniteLeavesRunningStatisticsAlone() throws {
    try withTemporaryFolder { folder in
      let batch = try batch(in: folder, count: 2)
      let stepper = try Stepper(
        network(normalized: true), configuration: configuration(batchSize: 2))
      let poisoned = try #require(
        stepper.network.parameters.first { $0.name == "base.conv1_1.weight" })
      poisoned.tensor.assign(Tensor.full([], value: .nan))
      stepper.network.isTraining = true
      #expect(throws: Stepper.NotFinite.self) { try stepper.step(on: batch, iteration: 0) }
      for (name, tensor) in stepper.network.state where name.contains("running_") {
        #expect(tensor.isFinite().allTrue(), "\(name)")
      }
    }
  }
}
