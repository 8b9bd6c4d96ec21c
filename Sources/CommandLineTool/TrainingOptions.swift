#if Training
  import ArgumentParser
  import Foundation
  import Inference
  import MultiBox
  import Torch
  import Training

  /// How the learning rate goes, and how the weights follow the gradients.
  struct ScheduleOptions: ParsableArguments {
    @Option(
      name: .shortAndLong,
      help: """
        Images that go through the network together (default: 32); in several processes, in each of them. \
        Without it, these share out a recipe's.
        """)
    var batch: Int?

    @Option(
      help: """
        Batches whose gradients are added up for each iteration, which is then as one with a larger \
        batch; batch normalisation, though, still looks at one at a time (default: 1).
        """)
    var accumulate: Int?

    @Option(help: "Length of the run (default: the paper's 120,000 at 32 images, so many images).")
    var iterations: Int?

    @Option(help: "Length of the run in epochs, instead of --iterations.")
    var epochs: Int?

    @Option(
      help: "Learning rate after the warm-up; biases have twice as much (default: 0.001).")
    var learningRate: Double?

    @Option(help: "How the rate falls: steps or cosine (default: steps).")
    var decay: Decay?

    @Option(
      help: """
        Where the steps are, in shares of the run, separated by commas (default: 0.667,0.833, as in \
        the paper).
        """)
    var decayAt: String?

    @Option(help: "What remains of the rate at each step (default: 0.1).")
    var decayFactor: Double?

    @Option(help: "Iterations over which the learning rate rises from zero (default: 0).")
    var warmUp: Int?

    @Option(help: "Momentum of the gradient descent (default: 0.9).")
    var momentum: Double?

    @Option(help: "Weight decay (default: 0.0005).")
    var weightDecay: Double?

    @Option(help: "Gradient clipping: scale gradients down to this L2 norm.")
    var maxGradientNorm: Double?

    @Option(
      help: """
        Keep an exponential moving average (EMA) of the weights with this decay, such as 0.999, and \
        detect with it.
        """)
    var emaDecay: Double?

    @Option(
      help: """
        Layers to keep as they are, separated by commas: conv4_3, whole blocks (conv1,conv2), or base.
        """)
    var freeze: String?

    @Option(help: "Epochs from one validation to the next (default: 1).")
    var validateEvery: Int?

    // The names of earlier releases.
    @Option(name: .customLong("clip"), help: .hidden) var formerMaxGradientNorm: Double?
    @Option(name: .customLong("average"), help: .hidden) var formerEMADecay: Double?

    enum Decay: String, ExpressibleByArgument, CaseIterable { case steps, cosine }

    mutating func validate() throws {
      if let validateEvery, validateEvery < 1 {
        throw ValidationError("--validate-every must be at least 1")
      }
      if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1") }
      guard iterations == nil || epochs == nil else {
        throw ValidationError("--iterations and --epochs exclude each other")
      }
      guard decay != .cosine || (decayAt == nil && decayFactor == nil) else {
        throw ValidationError("--decay-at and --decay-factor belong to --decay steps")
      }
      _ = try steps(over: .paper)
    }

    /// The length of the run in iterations, if it was given.
    func length(imagesPerStep: Int, images: Int) -> Int? {
      iterations ?? epochs.map { $0 * max(images / imagesPerStep, 1) }
    }

    /// Puts what was given in place of a recipe's settings.
    ///
    /// - Parameter images: of the training data, to count epochs.
    func apply(to recipe: inout Recipe, images: Int) throws {
      batch.map { recipe.training.batchSize = $0 }
      accumulate.map { recipe.training.accumulation = $0 }
      momentum.map { recipe.training.momentum = $0 }
      weightDecay.map { recipe.training.weightDecay = $0 }
      (maxGradientNorm ?? formerMaxGradientNorm).map { recipe.training.maximumGradientNorm = $0 }
      (emaDecay ?? formerEMADecay).map { recipe.training.averageDecay = $0 }
      freeze.map { recipe.training.frozen = $0.split(separator: ",").map(String.init) }
      validateEvery.map { recipe.validateEvery = $0 }
      learningRate.map { recipe.training.schedule.initial = $0 }
      warmUp.map { recipe.training.schedule.warmUpIterations = $0 }
      recipe.training.schedule.decay =
        decay == .cosine ? .cosine : try steps(over: recipe.training.schedule.decay)
      if let problem = recipe.training.problem { throw CommandError(problem) }
      let length = length(imagesPerStep: recipe.training.imagesPerStep, images: images)
      length.map { recipe.training.schedule.iterations = $0 }
      if let problem = recipe.training.problem { throw CommandError(problem) }
    }

    /// A decay with the steps that were given.
    private func steps(
      over decay: LearningRateSchedule.Decay
    ) throws -> LearningRateSchedule.Decay {
      guard self.decay != nil || decayAt != nil || decayFactor != nil else { return decay }
      guard case .steps(var shares, var factor) = decay == .cosine ? .paper : decay else {
        return decay
      }
      if let decayAt {
        let given = decayAt.split(separator: ",").map { Double($0) ?? .nan }
        guard !given.isEmpty, given.allSatisfy({ (0...1).contains($0) }) else {
          throw ValidationError("--decay-at takes shares of the run, such as 0.5,0.8")
        }
        shares = given
      }
      decayFactor.map { factor = $0 }
      return .steps(at: shares, factor: factor)
    }
  }

  /// What makes a run repeatable and keeps it going.
  struct ExactnessOptions: ParsableArguments {
    @Option(help: "Type of convolutions: auto, float32 or bfloat16.")
    var precision: PrecisionChoice?

    @Option(help: "Seed of every random choice (default: 0).")
    var seed: UInt64?

    @Flag(help: "Refuse operators whose results depend on the order of threads.")
    var deterministic = false

    @Flag(
      help: "Leave out a batch whose loss or gradient is not a finite number, instead of stopping.")
    var skipNonFinite = false

    // The name of earlier releases.
    @Flag(name: .customLong("skip-bad-steps"), help: .hidden) var formerSkipNonFinite = false

    @Option(help: "Save the state after so many iterations, beside every validation.")
    var checkpointEvery: Int?

    @Option(help: "Save the state at least this often, in minutes; 0 never.")
    var checkpointMinutes = 10.0

    mutating func validate() throws {
      skipNonFinite = skipNonFinite || formerSkipNonFinite
      if let checkpointEvery, checkpointEvery < 1 {
        throw ValidationError("--checkpoint-every must be at least 1")
      }
      guard checkpointMinutes >= 0 else {
        throw ValidationError("--checkpoint-minutes must not be negative")
      }
    }

    /// Puts what was given in place of a recipe's settings.
    func apply(to recipe: inout Recipe) {
      precision.map { recipe.training.precision = $0.resolved }
      seed.map { recipe.training.seed = $0 }
      if deterministic { recipe.training.isDeterministic = true }
      if skipNonFinite { recipe.training.skipsBadSteps = true }
    }

    var timePerCheckpoint: Duration? {
      checkpointMinutes > 0 ? .seconds(60 * checkpointMinutes) : nil
    }
  }

  /// The type that convolutions run in, or the best that the processor has hardware for.
  enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, float32, bfloat16

    var resolved: TrainingConfiguration.Precision {
      switch self {
      case .auto: .fastest
      case .float32: .float32
      case .bfloat16: .bfloat16
      }
    }
  }

  /// How images are read.
  struct LoadingOptions: ParsableArguments {
    @Flag(help: "Train without objects marked as difficult.")
    var dropDifficult = false

    @Option(help: "Memory for decoded images, in MiB.")
    var cache = 2048

    var cacheBytes: Int { cache << 20 }
  }

  /// How much of the machine may be used.
  struct MachineOptions: ParsableArguments {
    @Option(help: "What trains: auto (a GPU where there is one), cpu, cuda, or cuda:N.")
    var device = DeviceChoice.auto

    @Option(help: "Threads of the network.")
    var threads = RunProcesses.processors

    @Option(help: "Threads that load images.")
    var workers = RunProcesses.processors

    mutating func validate() throws {
      try ThreadCount.check(threads)
      try ThreadCount.check(workers, option: "--workers")
    }

    /// - Returns: the device, opened.
    func apply() throws -> Device {
      Self.apply(threads: threads)
      return try device.opened()
    }

    /// Settles how libtorch uses the machine.
    static func apply(threads: Int) {
      Runtime.threadCount = threads
      Runtime.keepFreedMemory()
    }
  }
#endif
