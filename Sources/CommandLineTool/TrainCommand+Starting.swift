#if Training
  import Datasets
  import Foundation
  import MultiBox
  import SSD
  import Torch
  import Training
  import Weights

  /// What a run begins with.
  extension TrainCommand {
    /// Where to go on from; nil starts anew, which must not overwrite an older run.
    func checkpointToResume(in folder: URL) throws -> URL? {
      let last = TrainingRun.lastCheckpoint(in: folder)
      guard isResuming else {
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

    func freshTrainer(
      on selection: DataSelection, device: Device, processes: any Communicator
    ) throws -> (Trainer, Recipe) {
      let ranks = schedule.batch == nil ? 1 : processes.count
      let original =
        try recipe.map { try Recipe(named: $0) }
        ?? .paper(batchSize: schedule.batch ?? 32, ranks: ranks)
      var recipe = original
      recipe.training.ranks = ranks
      model.map { recipe.model = $0 }
      try priors.map { recipe.priors = try PriorFile.read($0) }
      if loading.dropDifficult { recipe.keepsDifficult = false }
      loss.apply(to: &recipe)
      exactness.apply(to: &recipe)

      let source = try weights.map { try SSDNetwork(contentsOf: URL(filePath: $0)) }
      let dataset: DetectionDataset
      do {
        dataset = try selection.dataset(
          classes: source?.configuration.classes, keepsDifficult: recipe.keepsDifficult)
      } catch  where source != nil {
        throw CommandError("\(error); --base instead of --weights takes the base of any model")
      }
      try schedule.apply(to: &recipe, images: dataset.count)
      if let start = recipe.start, base == nil, weights == nil {
        printError("note: the recipe wants \(start); this run starts from noise")
      }
      // What was expected holds for the settings as they were.
      if recipe != original { recipe.expected = nil }

      Runtime.seed(recipe.training.seed)
      let network =
        try source ?? freshNetwork(recipe, classes: dataset.classes)
      network.move(to: device)
      let trainer = try Trainer(
        network, on: dataset, configuration: recipe.training, cacheBytes: loading.cacheBytes,
        communicator: processes)
      return (trainer, recipe)
    }

    private func freshNetwork(_ recipe: Recipe, classes: ClassList) throws -> SSDNetwork {
      var configuration = SSDConfiguration.preset(named: recipe.model, classes: classes)!
      if let priors = recipe.priors { configuration = try configuration.withPriors(priors) }
      configuration.loss = recipe.loss
      configuration.clipsPriors = recipe.clipsPriors
      guard let path = base else { return SSDNetwork(configuration) }
      let base = try ImportedBase(contentsOf: URL(filePath: path))
      configuration.normalization = base.normalization
      let network = SSDNetwork(configuration)
      let layers = base.layers(fitting: configuration.base)
      guard let last = layers.last else {
        throw CommandError(
          """
          \(path) holds another base network than \(recipe.model) has: \(base.base.summary), instead \
          of \(configuration.base.summary); choose another --model, or leave out --base
          """)
      }
      try network.load(base, layers: layers)
      printError("base: \(path), \(base.layout); \(layers[0]) to \(last) are taken over")
      for note in base.notes { printError("note: \(note)") }
      return network
    }

    /// A resumed run has its settings. The command that it was started with says the same.
    private func noteWhatIsNotHeeded(by recipe: Recipe, images: Int) throws {
      var wanted = recipe
      if let model { wanted.model = model }
      loss.apply(to: &wanted)
      exactness.apply(to: &wanted)
      try schedule.apply(to: &wanted, images: images)
      guard wanted != recipe else { return }
      printError(
        """
        note: options that differ from the run's settings are not heeded; to begin with its weights and \
        other settings, say --weights \(resumeFrom ?? "best.safetensors") and another --output
        """)
    }

    func resumedTrainer(
      from checkpoint: URL, in folder: URL, on selection: DataSelection, device: Device,
      processes: any Communicator
    ) throws -> (Trainer, Recipe) {
      let network = try SSDNetwork(contentsOf: checkpoint)
      network.move(to: device)
      var recipe =
        (try? Recipe(named: Self.recipeFile(in: folder).path)) ?? .paper()
      if loading.dropDifficult { recipe.keepsDifficult = false }
      let dataset = try selection.dataset(
        classes: network.configuration.classes, keepsDifficult: recipe.keepsDifficult)
      var configuration = try Trainer.configuration(ofCheckpoint: checkpoint)
      configuration.schedule.iterations =
        schedule.length(imagesPerStep: configuration.imagesPerStep, images: dataset.count)
        ?? configuration.schedule.iterations
      if exactness.skipNonFinite { configuration.skipsBadSteps = true }
      schedule.validateEvery.map { recipe.validateEvery = $0 }
      recipe.model = network.configuration.name
      recipe.training = configuration
      try noteWhatIsNotHeeded(by: recipe, images: dataset.count)
      let trainer = try Trainer(
        network, on: dataset, configuration: configuration, cacheBytes: loading.cacheBytes,
        communicator: processes)
      let differences = try trainer.resume(from: checkpoint)
      printError(
        """
        resuming after iteration \(trainer.iteration), with the network and the settings of the run
        """)
      for difference in differences { printError("note: \(difference)") }
      return (trainer, recipe)
    }
  }
#endif
