import Datasets
import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Training
import Weights

/// Runs with a network of a few channels on a few rendered pictures.
@Suite("A training run", .serialized)
struct TrainerTests {
  static let classes = SyntheticShapes(.simple).classes

  /// SSD300 with a thirty-second of its channels.
  static var configuration: SSDConfiguration {
    var configuration = SSDConfiguration.ssd300Tiny(classes: classes)
    configuration.base.vgg16?.blockChannels = [2, 4, 8, 16, 16]
    configuration.base.vgg16?.convolutionalChannels = 32
    return configuration
  }

  static func dataset(in folder: URL, count: Int = 6) throws -> DetectionDataset {
    try SyntheticShapes(.simple, seed: 3).write(to: folder, trainingCount: count, testCount: 2)
    return try DetectionDataset(
      voc: [DatasetSource(folder: folder, split: "trainval")], classes: classes)
  }

  static func trainer(
    on dataset: DetectionDataset, learningRate: Double = 0.01, iterations: Int = 8,
    average: Double? = 0.9, network: SSDNetwork = hashedNetwork(configuration)
  ) throws -> Trainer {
    try Trainer(
      network, on: dataset,
      configuration: TrainingConfiguration(
        batchSize: 2,
        schedule: LearningRateSchedule(
          initial: learningRate, iterations: iterations, decay: .cosine),
        maximumGradientNorm: 10, averageDecay: average, seed: 11))
  }

  /// Trains up to an iteration, epoch after epoch.
  static func run(
    _ trainer: Trainer, until iteration: Int, report: (TrainingStep) -> Void = { _ in }
  ) throws {
    while trainer.iteration < iteration {
      try trainer.runEpoch(workers: 2, shouldStop: { trainer.iteration >= iteration }) {
        if case .step(let step) = $0 { report(step) }
      }
    }
  }

  @Test func resumedInTheMiddleOfAnEpochEndsBitForBitLikeAnUndisturbedOne() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let whole = folder.appending(path: "whole.safetensors")
      let half = folder.appending(path: "half.safetensors")
      let resumed = folder.appending(path: "resumed.safetensors")

      let undisturbed = try Self.trainer(on: dataset)
      var losses: [Double] = []
      try Self.run(undisturbed, until: 7) { losses.append($0.loss) }
      try undisturbed.save(to: whole)

      let first = try Self.trainer(on: dataset)
      try Self.run(first, until: 4)
      try first.save(to: half)
      let second = try Trainer(
        SSDNetwork(contentsOf: half), on: dataset,
        configuration: Trainer.configuration(ofCheckpoint: half))
      try second.resume(from: half)
      #expect(second.iteration == 4)
      var laterLosses: [Double] = []
      try Self.run(second, until: 7) { laterLosses.append($0.loss) }
      try second.save(to: resumed)

      #expect(laterLosses == Array(losses.suffix(3)))
      #expect(try Data(contentsOf: whole) == Data(contentsOf: resumed))
    }
  }

  @Test func learnsOnePictureByHeart() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder, count: 1)
      Runtime.seed(7)
      let trainer = try Self.trainer(
        on: dataset, iterations: 60, network: SSDNetwork(Self.configuration))
      var losses: [Double] = []
      try Self.run(trainer, until: 60) { losses.append($0.loss) }
      let first = losses.prefix(5).reduce(0, +)
      let last = losses.suffix(5).reduce(0, +)
      #expect(last < 0.5 * first)
    }
  }

  @Test func stopsAtALossThatIsNotFiniteAndNamesTheImages() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let trainer = try Self.trainer(on: dataset, average: nil)
      try Self.run(trainer, until: 1)
      let parameter = try #require(trainer.network.parameters.first { $0.name.hasSuffix("weight") })
      parameter.tensor.assign(Tensor.full([], value: .nan))
      let error = #expect(throws: TrainingError.self) { try Self.run(trainer, until: 2) }
      let text = try #require(error?.description)
      #expect(text.contains("iteration 2"))
      #expect(dataset.images.count { text.contains($0.id) } == 2)
      #expect(trainer.iteration == 1)
    }
  }

  @Test func stopsBeforeAGradientThatIsNotFiniteReachesTheWeights() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let trainer = try Self.trainer(on: dataset, average: nil)
      let parameter = try #require(trainer.network.parameters.first).tensor
      let before = parameter.array(of: Float.self)
      // The run's own gradients are added to this one.
      (parameter * .infinity).sum().backward()
      let error = #expect(throws: TrainingError.self) { try Self.run(trainer, until: 1) }
      #expect(error?.description.contains("gradient of iteration 1") == true)
      #expect(parameter.array(of: Float.self) == before)
      #expect(trainer.iteration == 0)
    }
  }

  @Test func savesNothingThatIsNotFinite() throws {
    try withTemporaryFolder { folder in
      let trainer = try Self.trainer(on: Self.dataset(in: folder), average: nil)
      let file = folder.appending(path: "last.safetensors")
      try trainer.save(to: file)
      let before = try Data(contentsOf: file)
      // No loss shows it: a variance without bound makes zeros.
      let (name, tensor) = try #require(
        trainer.network.state.first { $0.name.hasSuffix("running_var") })
      tensor.assign(Tensor.full([], value: .infinity))
      let error = #expect(throws: TrainingError.self) { try trainer.save(to: file) }
      #expect(error?.description.contains(name) == true)
      #expect(try Data(contentsOf: file) == before)
    }
  }

  @Test func leavesOutBadStepsIfAskedAndNamesThem() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let trainer = try Trainer(
        hashedNetwork(Self.configuration), on: dataset,
        configuration: TrainingConfiguration(
          batchSize: 2, schedule: LearningRateSchedule(initial: 0.01, iterations: 9),
          skipsBadSteps: true))
      let parameter = try #require(trainer.network.parameters.first { $0.name.hasSuffix("weight") })
      let good = parameter.tensor.cloned()
      var skipped: [BadStep] = []
      parameter.tensor.assign(Tensor.full([], value: .infinity))
      try trainer.runEpoch(workers: 1, shouldStop: { trainer.iteration == 2 }) {
        if case .skipped(let step) = $0 { skipped.append(step) }
      }
      #expect(skipped.map(\.iteration) == [1, 2])
      #expect(skipped.allSatisfy { $0.images.count == 2 })
      parameter.tensor.assign(good)
      var losses: [Double] = []
      try Self.run(trainer, until: 6) { losses.append($0.loss) }
      #expect(losses.count == 4)
      #expect(losses.allSatisfy { $0.isFinite })
    }
  }

  @Test func givesUpWhenNothingButBadStepsIsLeft() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let trainer = try Trainer(
        hashedNetwork(Self.configuration), on: dataset,
        configuration: TrainingConfiguration(
          batchSize: 2, schedule: LearningRateSchedule(initial: 0.01, iterations: 90),
          skipsBadSteps: true))
      try #require(trainer.network.parameters.first).tensor.assign(Tensor.full([], value: .nan))
      let error = #expect(throws: TrainingError.self) { try Self.run(trainer, until: 90) }
      #expect(error?.description.contains("every one of the last") == true)
    }
  }

  @Test func holdsEverythingInACheckpoint() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let file = folder.appending(path: "run.safetensors")
      let trainer = try Self.trainer(on: dataset)
      try Self.run(trainer, until: 4)
      try trainer.save(to: file)
      let archive = try SafeTensors(contentsOf: file)
      for (name, _) in trainer.network.state {
        #expect(archive.contains(name) && archive.contains("training.\(name)"), "\(name)")
      }
      for (name, _) in trainer.network.parameters {
        #expect(try archive.floats("momentum.\(name)").contains { $0 != 0 }, "\(name)")
      }
      #expect(try SSDNetwork(contentsOf: file).configuration == Self.configuration)
      #expect(try Trainer.configuration(ofCheckpoint: file) == trainer.configuration)
      let text = try #require(archive.metadata["training"])
      let state =
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
      #expect(state["iteration"] as? Int == 4)
      #expect(state["imageCount"] as? Int == dataset.count)
      #expect(state["threads"] as? Int == Runtime.threadCount)
      #expect((state["configuration"] as? [String: Any])?["seed"] as? Int == 11)
    }
  }

  @Test func saysWhenAResumedRunCannotBeExact() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let file = folder.appending(path: "run.safetensors")
      let trainer = try Self.trainer(on: dataset)
      try trainer.save(to: file)
      #expect(try trainer.resume(from: file).isEmpty)
      let other = try DetectionDataset(
        images: Array(dataset.images.reversed()), classes: dataset.classes)
      #expect(try Self.trainer(on: other).resume(from: file).count == 1)
      let smaller = try DetectionDataset(
        images: Array(dataset.images.dropLast()), classes: dataset.classes)
      #expect(
        try Self.trainer(on: smaller).resume(from: file).first?.contains("6 images") == true)
    }
  }

  @Test func stoppedBetweenAnEpochAndItsValidationValidatesWhenItGoesOn() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder.appending(path: "data"))
      let validation = try DetectionDataset(
        voc: [DatasetSource(folder: folder.appending(path: "data"), split: "test")],
        classes: Self.classes)
      let runFolder = folder.appending(path: "run")
      let trainer = try Self.trainer(on: dataset, iterations: 6)
      var validated: [Int] = []
      func run(_ trainer: Trainer, until iteration: Int) throws {
        try TrainingRun(trainer, validatingOn: validation, in: runFolder).run(
          shouldStop: { trainer.iteration >= iteration }
        ) {
          if case .validation(let result) = $0 { validated.append(result.iteration) }
        }
      }
      try run(trainer, until: 3)
      #expect(validated.isEmpty)
      let resumed = try Self.trainer(on: dataset, iterations: 6)
      try resumed.resume(from: TrainingRun.lastCheckpoint(in: runFolder))
      try run(resumed, until: .max)
      #expect(validated == [3, 6])
      #expect(try TrainingRun(resumed, validatingOn: validation, in: runFolder).isOver)
    }
  }

  @Test func savesInTheMiddleOfAnEpochAndClearsUpAfterAKilledProcess() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder.appending(path: "data"))
      let runFolder = folder.appending(path: "run")
      try FileManager.default.createDirectory(at: runFolder, withIntermediateDirectories: true)
      try Data().write(to: runFolder.appending(path: ".0.partial"))
      let trainer = try Self.trainer(on: dataset, iterations: 6)
      var saved: [Int] = []
      try TrainingRun(
        trainer, validatingOn: nil, in: runFolder,
        options: TrainingRun.Options(iterationsPerCheckpoint: 2)
      ).run {
        if case .saved(_, isBest: false) = $0 { saved.append(trainer.iteration) }
      }
      #expect(Set(saved) == [2, 3, 4, 6])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: runFolder.path).sorted() == [
          "best.safetensors", "last.safetensors", "metrics.jsonl",
        ])
    }
  }

  @Test func detectsWithTheAveragesAndTrainsOnWithTheWeights() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let file = folder.appending(path: "run.safetensors")
      let trainer = try Self.trainer(on: dataset)
      try Self.run(trainer, until: 3)
      let name = "pred_convs.cl_conv7.weight"
      func weights(_ network: SSDNetwork) throws -> [Float] {
        try #require(network.parameters.first { $0.name == name }).tensor.array()
      }
      let trained = try weights(trainer.network)
      try trainer.save(to: file)
      #expect(try weights(trainer.network) == trained)
      #expect(try weights(SSDNetwork(contentsOf: file)) != trained)
      try trainer.resume(from: file)
      #expect(try weights(trainer.network) == trained)
    }
  }

  @Test func leavesABestAndALastCheckpointAndALogThatResumes() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder.appending(path: "data"))
      let validation = try DetectionDataset(
        voc: [DatasetSource(folder: folder.appending(path: "data"), split: "test")],
        classes: Self.classes)
      let runFolder = folder.appending(path: "run")
      let trainer = try Self.trainer(on: dataset, iterations: 6)
      var validations = 0
      try TrainingRun(trainer, validatingOn: validation, in: runFolder).run { event in
        if case .validation = event { validations += 1 }
      }
      #expect(validations == 2)
      for file in [
        TrainingRun.lastCheckpoint(in: runFolder), TrainingRun.bestCheckpoint(in: runFolder),
      ] {
        #expect(try SSDNetwork(contentsOf: file).configuration == Self.configuration)
      }

      let log = runFolder.appending(path: "metrics.jsonl")
      let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      #expect(lines.count { $0.contains("\"kind\":\"validation\"") } == 2)
      // What was done after the checkpoint that a run resumes from is done again.
      _ = try MetricsLog(log, resumingAfter: 3)
      let kept = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      #expect(kept == lines.filter { !$0.contains("\"iteration\":6") })
    }
  }

  @Test func refusesToResumeFromAModelWithoutTrainingState() throws {
    try withTemporaryFolder { folder in
      let dataset = try Self.dataset(in: folder)
      let trainer = try Self.trainer(on: dataset)
      let file = folder.appending(path: "model.safetensors")
      try ModelFile.write(trainer.network, to: file)
      let error = #expect(throws: TrainingError.self) { try trainer.resume(from: file) }
      #expect(error?.description.contains("no training state") == true)
    }
  }
}
