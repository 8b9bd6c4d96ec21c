import ArgumentParser
import Foundation
import Inference
import Weights

#if Training
  import SSD
  import Torch
#endif

/// What a network runs on.
struct InferenceOptions: ParsableArguments {
  #if Training
    @Option(help: "What runs the network: native (this package's own kernels) or torch (libtorch).")
    var engine = InferenceEngine.native
  #endif

  @Option(
    help: """
      Type of convolutions: automatic (the fastest that the processor has and the accuracy allows), \
      float32, bfloat16 or int8.
      """)
  var precision = NativePredictor.Precision.automatic

  @Option(help: "Threads of the network.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  mutating func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads must be at least 1") }
    #if Training
      guard engine == .native || precision != .int8 else {
        throw ValidationError("--engine torch has no --precision int8")
      }
    #endif
  }

  /// In words, for those who read what was measured.
  var description: String {
    "\(precision.rawValue), \(threads) thread\(threads == 1 ? "" : "s")"
  }

  /// The detector of a model file.
  func detector(_ model: String) throws -> Detector {
    Detector(try predictor(ImportedModel(contentsOf: URL(filePath: model))))
  }

  /// What runs a model's network.
  func predictor(_ model: ImportedModel) throws -> any Predictor {
    #if Training
      if engine == .torch { return try torchPredictor(model) }
    #endif
    return try NativePredictor(model, precision: precision, threads: threads)
  }

  #if Training
    private func torchPredictor(_ model: ImportedModel) throws -> TorchPredictor {
      Runtime.threadCount = threads
      Runtime.keepFreedMemory()
      let isReduced =
        precision == .bfloat16 || precision == .automatic && Runtime.hasBFloat16
      return TorchPredictor(try SSDNetwork(model), autocast: isReduced ? .bfloat16 : nil)
    }
  #endif
}

#if Training
  /// What runs a network.
  enum InferenceEngine: String, ExpressibleByArgument, CaseIterable {
    case native, torch
  }
#endif

extension NativePredictor.Precision: ExpressibleByArgument {}
