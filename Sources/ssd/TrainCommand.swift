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
        had happened.

        The defaults are the paper's, for a base network from ImageNet. From scratch, take a network \
        with batch normalisation: --model ssd300-small --batch 16 --learning-rate 0.02 --decay cosine \
        --warm-up 200 --clip 10 --average 0.999, for about 40,000 images.

        Validation computes in the run's precision, `ssd evaluate` in float32 unless told otherwise: \
        their figures differ a little.
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

    @Option(
      name: .long,
      help: """
        Start from this base network: VGG-16 of torchvision, timm or Caffe, whole or reduced, or the \
        base of any model (`ssd download vgg16` fetches one).
        """)
    var base: String?

    @Flag(help: "Write event files for TensorBoard into the run's folder.")
    var tensorboard = false

    @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
    @OptionGroup(title: "Loss") var loss: LossOptions
    @OptionGroup(title: "Data") var loading: LoadingOptions
    @OptionGroup(title: "Machine") var machine: MachineOptions

    mutating func validate() throws {
      _ = try preset(classes: ClassList(["any"]))
      guard weights == nil || !(resume || resumeFrom != nil) else {
        throw ValidationError("--resume and --weights exclude each other")
      }
      guard base == nil || !(resume || resumeFrom != nil || weights != nil) else {
        throw ValidationError("--base is for a fresh network: leave out --resume and --weights")
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
      let tensorBoard =
        tensorboard ? try TensorBoardLog(in: folder, resumingAfter: trainer.iteration) : nil
      var display = TrainingDisplay(trainer)
      let interruption = Interruption.shared
      try run.run(shouldStop: { interruption.isRequested }) { event in
        display.show(event)
        try tensorBoard?.note(event)
      }
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
      let base = try base.map { try baseNetwork($0) }
      let dataset = try selection.dataset(
        classes: source?.configuration.classes, keepsDifficult: !loading.dropDifficult)
      let network =
        try source ?? freshNetwork(classes: dataset.classes, base: base)
      return try Trainer(
        network, on: dataset, configuration: schedule.configuration(images: dataset.count),
        cacheBytes: loading.cacheBytes)
    }

    /// The base weights, where they are those of the chosen network.
    private func baseNetwork(_ path: String) throws -> ImportedBase {
      let base = try ImportedBase(contentsOf: URL(filePath: path))
      let wanted = try preset(classes: .voc).base
      guard base.base == wanted else {
        throw CommandError(
          """
          \(path) holds another base network than \(model) has: its blocks have \
          \(base.base.blockChannels) channels, those of \(model) \(wanted.blockChannels); \
          choose another --model, or leave out --base
          """)
      }
      complain("base: \(path), \(base.layout)")
      for note in base.notes { complain("note: \(note)") }
      return base
    }

    private func freshNetwork(classes: ClassList, base: ImportedBase?) throws -> SSDNetwork {
      var configuration = try preset(classes: classes)
      loss.apply(to: &configuration)
      if let base { configuration.normalization = base.normalization }
      let network = SSDNetwork(configuration)
      if let base { try network.load(base) }
      return network
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
      guard !trainer.isFinished else {
        throw CommandError(
          """
          the run is over after \(trainer.iteration) iterations; a larger --iterations makes it longer
          """)
      }
      complain(
        """
        resuming after iteration \(trainer.iteration), with the network and the settings of the run
        """)
      return trainer
    }

    private func describe(
      _ trainer: Trainer, on selection: DataSelection, validation: DataSelection?, folder: URL
    ) {
      let network = trainer.network
      let parameters = network.parameters.reduce(0) { $0 + $1.tensor.count }
      let configuration = trainer.configuration
      complain(
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
