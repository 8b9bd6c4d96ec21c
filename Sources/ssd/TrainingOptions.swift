#if Training
  import ArgumentParser
  import Foundation
  import Inference
  import Torch
  import Training

  /// How the learning rate goes, and everything else that a checkpoint remembers.
  struct ScheduleOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Images in a batch.")
    var batch = 32

    @Option(help: "Length of the run (default: the paper's 120,000 at 32 images, so many images).")
    var iterations: Int?

    @Option(help: "Length of the run in epochs, instead of --iterations.")
    var epochs: Int?

    @Option(help: "Learning rate after the warm-up; biases have twice as much.")
    var learningRate = 1e-3

    @Option(help: "How the rate falls: steps (a tenth at 2/3 and at 5/6 of the run) or cosine.")
    var decay = Decay.steps

    @Option(help: "Iterations over which the learning rate rises from zero.")
    var warmUp = 0

    @Option(help: "Momentum of the gradient descent.")
    var momentum = 0.9

    @Option(help: "Weight decay.")
    var weightDecay = 5e-4

    @Option(help: "Scale gradients down to this length.")
    var clip: Double?

    @Option(
      help: "Average the weights with this decay, such as 0.999, and detect with the averages.")
    var average: Double?

    @Option(help: "Type of convolutions: auto, float32 or bfloat16.")
    var precision = PrecisionChoice.auto

    @Option(help: "Seed of every random choice.")
    var seed: UInt64 = 0

    @Option(help: "Epochs from one validation to the next.")
    var validateEvery = 1

    enum Decay: String, ExpressibleByArgument, CaseIterable { case steps, cosine }

    mutating func validate() throws {
      for (name, value) in [
        ("batch", batch), ("iterations", iterations ?? 1), ("epochs", epochs ?? 1),
        ("validate-every", validateEvery),
      ] where value < 1 { throw ValidationError("--\(name) must be at least 1") }
      guard learningRate > 0 else { throw ValidationError("--learning-rate must be positive") }
      guard iterations == nil || epochs == nil else {
        throw ValidationError("--iterations and --epochs exclude each other")
      }
      if let average, !(0..<1).contains(average) {
        throw ValidationError("--average must be at least 0 and below 1")
      }
    }

    /// The length of the run in iterations, if it was given.
    func length(batchSize: Int, images: Int) -> Int? {
      iterations ?? epochs.map { $0 * max(images / batchSize, 1) }
    }

    /// - Parameter images: of the training data, to count epochs.
    func configuration(images: Int) -> TrainingConfiguration {
      TrainingConfiguration(
        batchSize: batch,
        schedule: LearningRateSchedule(
          initial: learningRate,
          iterations: length(batchSize: batch, images: images)
            ?? TrainingConfiguration.paperIterations(batchSize: batch),
          warmUpIterations: warmUp,
          decay: decay == .cosine ? .cosine : .paper),
        momentum: momentum, weightDecay: weightDecay, maximumGradientNorm: clip,
        averageDecay: average, seed: seed, precision: precision.resolved)
    }
  }

  /// The type that convolutions run in, or the best that the processor has hardware for.
  enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, float32, bfloat16

    var resolved: TrainingConfiguration.Precision {
      switch self {
      case .auto: Runtime.hasBFloat16 ? .bfloat16 : .float32
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
    @Option(help: "Threads of the network.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Threads that load images.")
    var workers = ProcessInfo.processInfo.activeProcessorCount

    mutating func validate() throws {
      guard threads > 0, workers > 0 else {
        throw ValidationError("--threads and --workers must be at least 1")
      }
    }

    func apply() { Runtime.threadCount = threads }
  }
#endif
