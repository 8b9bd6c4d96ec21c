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
    @Option(
      help: """
        What runs the network: native (this package's own kernels) or torch (libtorch; default: native \
        on the CPU, torch on a GPU).
        """)
    var engine: InferenceEngine?

    @Option(
      help: """
        Where the network runs: cpu, cuda or cuda:N (through libtorch), or auto (a GPU where there is one).
        """)
    var device = DeviceChoice.device(.cpu)
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
    try ThreadCount.check(threads)
    #if Training
      if engine == .native, case .device(let device) = device, device != .cpu {
        throw ValidationError(
          "--engine native computes on the CPU: leave it out, or --device \(device)")
      }
      if precision == .int8, engine == .torch || engine == nil && device != .device(.cpu) {
        let choice = engine == .torch ? "--engine torch" : "--device on a GPU"
        throw ValidationError("\(choice) has no --precision int8")
      }
    #endif
  }

  /// What computes, in words, for those who read what was measured.
  func description(of predictor: any Predictor) -> String {
    let threads = "\(threads) thread\(threads == 1 ? "" : "s")"
    #if Training
      if let torch = predictor as? TorchPredictor {
        let place = torch.device == .cpu ? threads : torch.device.formatted
        return "\(torch.precision), libtorch, \(place)"
      }
    #endif
    let type = (predictor as? NativePredictor)?.precision ?? precision
    return "\(type.rawValue), \(threads)"
  }

  /// The detector of a model file.
  ///
  /// - Parameter packing: see `NativePredictor.Packing`.
  func detector(_ model: String, packing: NativePredictor.Packing = .once) throws -> Detector {
    Detector(try predictor(ImportedModel(contentsOf: URL(filePath: model)), packing: packing))
  }

  /// What runs a model's network.
  func predictor(
    _ model: ImportedModel, packing: NativePredictor.Packing = .once
  ) throws -> any Predictor {
    #if Training
      let device = engine == .native ? .cpu : try device.opened()
      if engine == .torch || device != .cpu { return try torchPredictor(model, on: device) }
    #endif
    let predictor = try NativePredictor(
      model, precision: precision, threads: threads, packing: packing)
    if precision != .automatic, predictor.precision != precision {
      let reason =
        predictor.instructionSet.supports(precision)
        ? "the model is not quantised (see `ssd quantize`)"
        : "this processor has nothing faster for it"
      printError(
        "note: \(predictor.precision.rawValue) instead of \(precision.rawValue): \(reason)")
    }
    return predictor
  }

  #if Training
    private func torchPredictor(
      _ model: ImportedModel, on device: Device
    ) throws -> TorchPredictor {
      Runtime.threadCount = threads
      Runtime.keepFreedMemory()
      let isReduced =
        precision == .bfloat16 || precision == .automatic && device.hasBFloat16
      let network = try SSDNetwork(model)
      network.move(to: device)
      if isReduced, device != .cpu { network.castConvolutions(to: .bfloat16) }
      return TorchPredictor(network, autocast: isReduced ? .bfloat16 : nil)
    }
  #endif
}

/// The number of threads that somebody asks for.
enum ThreadCount {
  /// More than any machine has; the system refuses some number beyond it.
  private static let limit = 1024

  /// - Throws: `ValidationError` when there cannot be so many.
  static func check(_ count: Int, option: String = "--threads") throws {
    guard (1...limit).contains(count) else {
      throw ValidationError("\(option) must be at least 1 and at most \(limit)")
    }
  }
}

#if Training
  /// What runs a network.
  enum InferenceEngine: String, ExpressibleByArgument, CaseIterable {
    case native, torch
  }
#endif

extension NativePredictor.Precision: ExpressibleByArgument {}
