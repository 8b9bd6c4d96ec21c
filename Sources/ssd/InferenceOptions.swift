#if Training
  import ArgumentParser
  import Foundation
  import Inference
  import SSD
  import Torch

  /// What a network runs on.
  struct InferenceOptions: ParsableArguments {
    @Option(help: "Type of convolutions: auto, float32 or bfloat16.")
    var precision = PrecisionChoice.float32

    @Option(help: "Threads of the network.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    mutating func validate() throws {
      guard threads > 0 else { throw ValidationError("--threads must be at least 1") }
    }

    /// The detector of a model file.
    func detector(_ model: String) throws -> Detector {
      Runtime.threadCount = threads
      let autocast: ScalarType? = precision.resolved == .bfloat16 ? .bfloat16 : nil
      return try Detector(contentsOf: URL(filePath: model), autocast: autocast)
    }
  }
#endif
