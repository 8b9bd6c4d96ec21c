#if Training
  import ArgumentParser
  import Datasets
  import Foundation
  import MultiBox
  import SSD
  import Torch
  import Training
  import Weights

  struct BenchmarkTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train", abstract: "Time the steps of training, stage by stage.",
      discussion: """
        Images are noise and objects rectangles, the same every time, so that only the computation \
        counts. The share of the peak is in terms of a large matrix product of the same type, \
        measured beside it.
        """)

    @Argument(help: "A preset's name: \(SSDConfiguration.presetNames.joined(separator: ", ")).")
    var model = "ssd300"

    @Option(name: .shortAndLong, help: "Images in a batch.")
    var batch = 8

    @Option(help: "Steps to measure.")
    var steps = 5

    @Option(help: "Steps before the first that counts.")
    var warmUp = 2

    @Option(help: "Type of convolutions: auto, float32 or bfloat16.")
    var precision = PrecisionChoice.auto

    @Option(help: "Learning rate.")
    var learningRate = 1e-3

    @Option(help: "Start from this model's weights instead of fresh ones; of Pascal VOC's classes.")
    var weights: String?

    @Option(help: "Threads of the network.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "File for the figures as JSON, - for the standard output.")
    var json: String?

    @Flag(
      help: """
        Make as many steps as each line of the standard input says, and answer each with a line of \
        JSON: for measuring in turn with another program.
        """)
    var onDemand = false

    mutating func validate() throws {
      for (name, value) in [("batch", batch), ("steps", steps), ("threads", threads)]
      where value < 1 { throw ValidationError("--\(name) must be at least 1") }
      guard warmUp >= 0 else { throw ValidationError("--warm-up must be at least 0") }
      guard learningRate > 0 else { throw ValidationError("--learning-rate must be positive") }
    }

    func run() throws {
      MachineOptions.apply(threads: threads)
      let stepper = try stepper()
      let batch = Batch.noise(
        count: batch, size: stepper.network.configuration.imageSize,
        classes: stepper.network.configuration.classes.count)
      if onDemand { return try serve(stepper, batch) }
      var measured: [Stepper.Figures] = []
      for number in -warmUp..<steps {
        let figures = try stepper.step(on: batch, iteration: 0)
        if number >= 0 { measured.append(figures) }
      }
      let report = TrainingBenchmark(
        stepper, batch: batch.count, figures: measured,
        peak: MatrixProduct.operationsPerSecond(
          stepper.configuration.precision.autocast ?? .float32))
      if json != "-" { print(report) }
      try json.map { try JSONOutput.write(report, to: $0) }
    }

    private func stepper() throws -> Stepper {
      Runtime.seed(0)
      guard let preset = SSDConfiguration.preset(named: model, classes: .voc) else {
        throw CommandError(
          """
          there is no network `\(model)`; choose one of \
          \(SSDConfiguration.presetNames.joined(separator: ", "))
          """)
      }
      let network = SSDNetwork(preset)
      try weights.map { try network.load(ImportedModel(contentsOf: URL(filePath: $0))) }
      network.isTraining = true
      return try Stepper(
        network,
        configuration: TrainingConfiguration(
          batchSize: batch, schedule: LearningRateSchedule(initial: learningRate, iterations: 1),
          precision: precision.resolved))
    }

    private func serve(_ stepper: Stepper, _ batch: Batch) throws {
      func answer(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
      }
      try answer(["ready": Runtime.version])
      while let line = readLine() {
        for _ in 0..<(line.split(separator: " ").last.flatMap { Int($0) } ?? 0) {
          let figures = try stepper.step(on: batch, iteration: 0)
          try answer(StepAnswer(figures))
        }
      }
    }
  }

  /// One step, as `--on-demand` answers.
  private struct StepAnswer: Encodable {
    let loss: Double
    let seconds: Double
    let stages: StepStages

    init(_ figures: Stepper.Figures) {
      (loss, seconds, stages) = (figures.loss, figures.stages.total, figures.stages)
    }
  }
#endif
