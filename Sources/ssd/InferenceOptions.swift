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
  @Option(help: "Type of convolutions: automatic, float32 or bfloat16.")
  var precision = InferencePrecision.float32

  @Option(help: "Threads of the network.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  mutating func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads must be at least 1") }
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
      Runtime.threadCount = threads
      Runtime.keepFreedMemory()
      let isReduced =
        switch precision {
        case .automatic: Runtime.hasBFloat16
        case .float32: false
        case .bfloat16: true
        }
      return TorchPredictor(try SSDNetwork(model), autocast: isReduced ? .bfloat16 : nil)
    #else
      throw CommandError("this build of ssd has no engine to run a network with")
    #endif
  }
}

/// The type of number that a network computes in.
enum InferencePrecision: String, ExpressibleByArgument, CaseIterable {
  /// The fastest that keeps the accuracy, of those that the processor has hardware for.
  case automatic
  case float32
  case bfloat16
}
