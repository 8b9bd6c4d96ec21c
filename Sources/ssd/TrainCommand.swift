#if Training
  import ArgumentParser
  import Datasets
  import Foundation
  import MultiBox
  import SSD
  import Torch
  import Training

  struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train", abstract: "Train a detector on annotated images.",
      discussion: """
        Ctrl-C stops with the state saved; the same command with --resume goes on as if nothing \
        had happened.
        """)

    @Argument(help: DataSelection.help)
    var data: String

    @Option(
      name: .long,
      help: "Images to validate on (default: the list test, or val, of the same folders).")
    var validation: String?

    @Option(
      name: .shortAndLong,
      help: "The network: \(SSDConfiguration.presetNames.joined(separator: ", ")).")
    var model = "ssd300"

    @Option(name: .shortAndLong, help: "The run's folder (default: runs/ and the data's name).")
    var output: String?

    @Flag(
      help: """
        Go on from the run's last checkpoint, with its settings; only --iterations and --epochs \
        are heeded.
        """)
    var resume = false

    @Option(help: "Go on from this checkpoint instead of the last, for instance the best.")
    var resumeFrom: String?

    @Option(name: .long, help: "Start from the weights of this model, with fresh training state.")
    var weights: String?

    @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Loss") var loss: LossOptions
    @OptionGroup(title: "Data") var loading: LoadingOptions
    @OptionGroup(title: "Machine") var machine: MachineOptions

    mutating func validate() throws {
      _ = try preset(classes: ClassList(["any"]))
      guard weights == nil || !(resume || resumeFrom != nil) else {
        throw ValidationError("--resume and --weights exclude each other")
      }
    }

    private func preset(classes: ClassList) throws -> SSDConfiguration {
      guard let configuration = SSDConfiguration.preset(named: model, classes: classes) else {
        let known = SSDConfiguration.presetNames.joined(separator: ", ")
        throw ValidationError("there is no network `\(model)`; choose one of \(known)")
      }
      return configuration
    }

    func run() throws {
      machine.apply()
      let selection = try DataSelection(data, for: .training)
      let folder = URL(filePath: output ?? "runs/\(selection.name)")
      let checkpoint = try checkpointToResume(in: folder)
      let trainer =
        try checkpoint.map { try resumedTrainer(from: $0, on: selection) }
        ?? freshTrainer(on: selection)
      let validation =
        try validation.map { try DataSelection($0, for: .scoring) }
        ?? selection.heldOut
      let validationData = try validation?.dataset(
        classes: trainer.network.configuration.classes)
      describe(trainer, on: selection, validation: validation, folder: folder)

      let run = try TrainingRun(
        trainer, validatingOn: validationData, in: folder,
        options: TrainingRun.Options(
          epochsPerValidation: schedule.validateEvery, workers: machine.workers))
      var display = TrainingDisplay(trainer)
      let interruption = Interruption.shared
      try run.run(shouldStop: { interruption.isRequested }) { display.show($0) }
      display.finish(interrupted: interruption.isRequested, folder: folder)
      if interruption.isRequested { throw ExitCode(130) }
    }

    /// Where to go on from; nil starts anew, which must not overwrite an older run.
    private func checkpointToResume(in folder: URL) throws -> URL? {
      let last = TrainingRun.lastCheckpoint(in: folder)
      guard resume || resumeFrom != nil else {
        guard !FileManager.default.fileExists(atPath: last.path) else {
          throw CommandError(
            "\(folder.path) holds a run already: add --resume, or choose another --output")
        }
        return nil
      }
      let checkpoint = resumeFrom.map { URL(filePath: $0) } ?? last
      guard FileManager.default.fileExists(atPath: checkpoint.path) else {
        throw CommandError("there is nothing to resume: \(checkpoint.path) does not exist")
      }
      return checkpoint
    }

    private func freshTrainer(on selection: DataSelection) throws -> Trainer {
      Runtime.seed(schedule.seed)
      let source = try weights.map { try SSDNetwork(contentsOf: URL(filePath: $0)) }
      let dataset = try selection.dataset(
        classes: source?.configuration.classes, keepsDifficult: !loading.dropDifficult)
      let network =
        try source
        ?? {
          var configuration = try preset(classes: dataset.classes)
          loss.apply(to: &configuration)
          return SSDNetwork(configuration)
        }()
      return try Trainer(
        network, on: dataset, configuration: schedule.configuration(images: dataset.count),
        cacheBytes: loading.cacheBytes)
    }

    private func resumedTrainer(
      from checkpoint: URL, on selection: DataSelection
    ) throws -> Trainer {
      let network = try SSDNetwork(contentsOf: checkpoint)
      let dataset = try selection.dataset(
        classes: network.configuration.classes, keepsDifficult: !loading.dropDifficult)
      var configuration = try Trainer.configuration(ofCheckpoint: checkpoint)
      configuration.schedule.iterations =
        schedule.length(batchSize: configuration.batchSize, images: dataset.count)
        ?? configuration.schedule.iterations
      let trainer = try Trainer(
        network, on: dataset, configuration: configuration, cacheBytes: loading.cacheBytes)
      try trainer.resume(from: checkpoint)
      return trainer
    }

    private func describe(
      _ trainer: Trainer, on selection: DataSelection, validation: DataSelection?, folder: URL
    ) {
      let network = trainer.network
      let parameters = network.parameters.reduce(0) { $0 + $1.tensor.count }
      let configuration = trainer.configuration
      print(
        """
        \(network.configuration.name): \(parameters.formatted()) parameters, \
        \(network.configuration.classes.count) classes
        data: \(selection), \(trainer.imageCount) images; validation: \
        \(validation?.description ?? "none")
        run: \(configuration.schedule.iterations) iterations of \(configuration.batchSize) images \
        (\(trainer.iterationsPerEpoch) an epoch), \(configuration.precision.rawValue), \
        \(Runtime.threadCount) threads -> \(folder.relativePath)
        """)
    }
  }
#endif
