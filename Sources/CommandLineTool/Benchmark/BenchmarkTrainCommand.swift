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
        counts; with --data, pictures come from the loader. On a GPU steps are made as in training: \
        nobody looks at them in between, and stages are not told apart. On the CPU the share of the peak \
        is in terms of a large matrix product of the same type, measured beside it.

        Started by mpirun or srun, it times processes that train together, each with a batch of its own.
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
    var threads = RunProcesses.processors

    @Option(help: "What trains: auto (a GPU where there is one), cpu, cuda, or cuda:N.")
    var device = DeviceChoice.auto

    @Flag(help: "Do not look at the steps in between on the CPU either.")
    var ahead = false

    @Option(help: "Train on these pictures, loaded and augmented as in training, instead of noise.")
    var data: String?

    @Option(help: "Threads that load pictures.")
    var workers = RunProcesses.processors

    @Option(help: "File for the figures as JSON, - for the standard output.")
    var json: String?

    @Flag(
      help: """
        Make as many steps as each line of the standard input says, and answer each step, or the line \
        where nobody looks at steps, with a line of JSON: for measuring in turn with another program.
        """)
    var onDemand = false

    mutating func validate() throws {
      for (name, value) in [
        ("batch", batch), ("steps", steps), ("threads", threads), ("workers", workers),
      ]
      where value < 1 { throw ValidationError("--\(name) must be at least 1") }
      guard warmUp >= 0 else { throw ValidationError("--warm-up must be at least 0") }
      guard learningRate > 0 else { throw ValidationError("--learning-rate must be positive") }
    }

    func run() throws { try RunProcesses.together(run) }

    private func run(in processes: any Communicator) throws {
      MachineOptions.apply(threads: threads)
      let device = try device.opened()
      let dataset = try data.map { try DataSelection($0, for: .training).dataset() }
      let stepper = try stepper(
        classes: dataset?.classes ?? .voc, on: device, processes: processes)
      let configuration = stepper.network.configuration
      let batches =
        try dataset.map {
          try BatchSource($0, batchSize: batch, configuration: configuration, workers: workers)
        } ?? BatchSource(batchSize: batch, configuration: configuration)
      if processes.count == 1, ahead || device != .cpu {
        return try runAhead(DeviceStepper(stepper), batches)
      }
      if onDemand { return try serve(stepper, batches) }
      var measured: [Stepper.Figures] = []
      for number in -warmUp..<steps {
        let figures = try stepper.step(on: batches.next(), iteration: 0)
        if number >= 0 { measured.append(figures) }
      }
      guard processes.isLead else { return }
      let report = TrainingBenchmark(
        stepper, batch: batch, ranks: processes.count, figures: measured,
        peak: MatrixProduct.operationsPerSecond(
          stepper.configuration.precision.autocast ?? .float32, on: device))
      if json != "-" { print(report) }
      try json.map { try JSONOutput.write(report, to: $0) }
    }

    private func runAhead(_ device: DeviceStepper, _ batches: BatchSource) throws {
      func seconds(of count: Int) throws -> (Double, loss: Double) {
        let start = ContinuousClock.now
        for _ in 0..<count { device.enqueue(try batches.next(), iteration: 0) }
        let loss = device.outcome().figures.loss
        return ((ContinuousClock.now - start) / .seconds(1), loss)
      }
      if onDemand {
        return try OnDemand.serve { count in
          let (seconds, loss) = try seconds(of: count)
          return OnDemand.Answer(seconds: seconds, count: count, loss: loss)
        }
      }
      // A graph is captured in one of the first steps.
      let unmeasured = device.usesGraphs ? max(warmUp, ReplayedWork.runsBeforeReplay) : warmUp
      if unmeasured > 0 { _ = try seconds(of: unmeasured) }
      let (time, loss) = try seconds(of: steps)
      let kernels =
        device.stepper.network.device == .cpu
        ? nil : try CUDA.kernelTime { _ = try seconds(of: steps) }
      let report = AheadBenchmark(
        device, batch: batch, data: data, steps: steps, seconds: time, loss: loss, kernels: kernels)
      if json != "-" { print(report) }
      try json.map { try JSONOutput.write(report, to: $0) }
    }

    private func stepper(
      classes: ClassList, on device: Device, processes: any Communicator
    ) throws -> Stepper {
      Runtime.seed(0)
      guard let preset = SSDConfiguration.preset(named: model, classes: classes) else {
        throw CommandError(
          """
          there is no network `\(model)`; choose one of \
          \(SSDConfiguration.presetNames.joined(separator: ", "))
          """)
      }
      let network = SSDNetwork(preset)
      try weights.map { try network.load(ImportedModel(contentsOf: URL(filePath: $0))) }
      network.isTraining = true
      network.move(to: device)
      return try Stepper(
        network,
        configuration: TrainingConfiguration(
          batchSize: batch, ranks: processes.count,
          schedule: LearningRateSchedule(initial: learningRate, iterations: 1),
          precision: precision.resolved), communicator: processes)
    }

    private func serve(_ stepper: Stepper, _ batches: BatchSource) throws {
      try OnDemand.serveEach {
        StepAnswer(try stepper.step(on: batches.next(), iteration: 0))
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
