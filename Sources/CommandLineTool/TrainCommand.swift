#if Training
  import ArgumentParser
  import Datasets
  import Foundation
  import MultiBox
  import SSD
  import Torch
  import Training
  import Weights

  struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train", abstract: "Train a detector on annotated images.",
      discussion: """
        Ctrl-C stops with the state saved; the same command with --resume goes on as if nothing \
        had happened. So it does after a crash, from at most ten minutes before.

        The defaults are the paper's, for a base network from ImageNet. A recipe sets everything at \
        once, and options override it: --recipe bccd --epochs 50. From scratch, start from bccd or \
        playing-cards: a network with batch normalisation, for about 40,000 images. The settings of \
        a run are written to its folder, as recipe.json.

        Validation computes by libtorch in the run's precision, `ssd evaluate` in the one that it names: \
        their figures differ a little.

        Several processes train together when mpirun or srun starts them: mpirun -n 4 ssd train ... \
        They see the run's folder and data under the same paths; --resume may have another number of \
        them. It takes a program built by `make distributed`.
        """)

    @Argument(help: DataSelection.help)
    var data: String

    @Option(
      name: .long,
      help: "Images to validate on (default: the list test, or val, of the same folders).")
    var validation: String?

    @Option(
      help: """
        All settings at once: a recipe's file, or one of \
        \(Recipe.builtInNames.joined(separator: ", ")).
        """)
    var recipe: String?

    @Option(
      name: .shortAndLong,
      help: """
        The network: \(SSDConfiguration.presetNames.joined(separator: ", ")) (default: ssd300).
        """)
    var model: String?

    @Option(name: .shortAndLong, help: "The run's folder (default: runs/ and the data's name).")
    var output: String?

    @Flag(
      help: """
        Go on from the run's last checkpoint, with its network and settings: of what is said beside it, only \
        --iterations, --epochs, --validate-every, --skip-non-finite and how often to save count.
        """)
    var resume = false

    @Option(help: "Go on from this checkpoint instead of the last, for instance the best.")
    var resumeFrom: String?

    @Option(name: .long, help: "Start from the weights of this model, with fresh training state.")
    var weights: String?

    @Option(
      name: .long,
      help: """
        Start from this base network: VGG-16 of torchvision, timm or Caffe, whole or reduced, or the \
        base of any model (`ssd download vgg16` fetches one). Its first layers are taken, as far as \
        the network has them in the same size.
        """)
    var base: String?

    @Option(
      help: """
        The priors' scales and ratios, a file of `ssd data stats --priors` (default: the network's own, as in \
        the paper).
        """)
    var priors: String?

    @Flag(help: "Write event files for TensorBoard into the run's folder.")
    var tensorboard = false

    @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Exactness") var exactness: ExactnessOptions
    @OptionGroup(title: "Loss") var loss: LossOptions
    @OptionGroup(title: "Data") var loading: LoadingOptions
    @OptionGroup(title: "Machine") var machine: MachineOptions

    mutating func validate() throws {
      guard model.map(SSDConfiguration.presetNames.contains) ?? true else {
        let known = SSDConfiguration.presetNames.joined(separator: ", ")
        throw ValidationError("there is no network `\(model!)`; choose one of \(known)")
      }
      guard base == nil || weights == nil else {
        throw ValidationError("--base is for a fresh network: leave it out, or --weights")
      }
      guard priors == nil || weights == nil else {
        throw ValidationError("the model of --weights has its priors: leave out --priors")
      }
    }

    var isResuming: Bool { resume || resumeFrom != nil }

    func run() throws { try RunProcesses.together(run) }

    private func run(in processes: any Communicator) throws {
      let device = try machine.apply()
      let selection = try DataSelection(data, for: .training)
      let folder = URL(filePath: output ?? "runs/\(selection.name)")
      var isFolder: ObjCBool = true
      guard
        !FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
          || isFolder.boolValue
      else { throw CommandError("\(folder.relativePath) is a file: a run needs a folder") }
      let checkpoint = try checkpointToResume(in: folder)
      let (trainer, recipe) =
        try checkpoint.map {
          try resumedTrainer(
            from: $0, in: folder, on: selection, device: device, processes: processes)
        } ?? freshTrainer(on: selection, device: device, processes: processes)
      let validation =
        try validation.map { try DataSelection($0, for: .scoring) }
        ?? selection.heldOut
      let validationData = try validation.map { selection in
        do {
          return try selection.dataset(classes: trainer.network.configuration.classes)
        } catch {
          throw CommandError(
            "\(selection) is to be validated on: \(error); --validation names other images")
        }
      }
      describe(
        trainer, on: selection, validation: validation, folder: folder, processes: processes.count)

      let run = try TrainingRun(
        trainer, validatingOn: validationData, in: folder,
        options: TrainingRun.Options(
          epochsPerValidation: recipe.validateEvery, workers: machine.workers,
          iterationsPerCheckpoint: exactness.checkpointEvery,
          timePerCheckpoint: exactness.timePerCheckpoint))
      guard !run.isOver else {
        // No error: whoever starts a run again and again until it is over, as a queue of jobs does, ends here.
        printError(
          """
          nothing to do: the run is over after \(trainer.iteration) iterations; a larger --iterations \
          makes it longer
          """)
        return
      }
      let interruption = Interruption.shared
      if processes.isLead {
        try recipe.write(to: Self.recipeFile(in: folder))
        let tensorBoard =
          tensorboard ? try TensorBoardLog(in: folder, resumingAfter: trainer.iteration) : nil
        var display = TrainingDisplay(trainer)
        try run.run(shouldStop: { interruption.isRequested }) { event in
          display.show(event)
          try tensorBoard?.note(event)
        }
        display.finish(interrupted: !run.isOver, folder: folder)
      } else {
        try run.run(shouldStop: { interruption.isRequested }) { _ in }
      }
      if !run.isOver { throw ExitCode(130) }
    }

    /// Where a run's settings lie.
    static func recipeFile(in folder: URL) -> URL { folder.appending(path: "recipe.json") }

    private func describe(
      _ trainer: Trainer, on selection: DataSelection, validation: DataSelection?, folder: URL,
      processes: Int
    ) {
      let network = trainer.network
      let parameters = network.parameters
      let count = parameters.reduce(0) { $0 + $1.tensor.count }
      let trained = parameters.reduce(0) { $0 + ($1.tensor.requiresGradient ? $1.tensor.count : 0) }
      let configuration = trainer.configuration
      let batches = [configuration.ranks, configuration.accumulation].filter { $0 > 1 }
        .map { "\($0) x " }.joined()
      printError(
        """
        \(network.configuration.name): \(count.formatted()) parameters\
        \(trained < count ? ", \(trained.formatted()) of them trained" : ""), \
        \(network.configuration.classes.count) classes
        data: \(selection), \(trainer.imageCount) images; validation: \
        \(validation?.description ?? "none")
        run: \(configuration.schedule.iterations) iterations of \(batches)\
        \(configuration.batchSize) images (\(trainer.iterationsPerEpoch) an epoch), \
        \(configuration.precision.rawValue), \
        \(processes > 1 ? "\(processes) processes of " : "")\
        \(network.device == .cpu ? "\(Runtime.threadCount) threads" : network.device.formatted) -> \
        \(folder.relativePath)
        """)
    }
  }
#endif
