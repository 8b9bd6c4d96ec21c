#if Training
  import Foundation
  import Torch
  import Training

  /// The figures of training steps that were not looked at in between, as they are printed and written.
  struct AheadBenchmark: Encodable {
    let network: String
    let batch: Int
    let precision: String
    let device: String
    /// Whether steps were captured in CUDA graphs.
    let usesGraphs: Bool
    let data: String
    let steps: Int
    let secondsPerStep: Double
    let imagesPerSecond: Double
    let operationsPerSecond: Double
    /// How long kernels ran in a step, in seconds; nil where nobody can tell.
    let kernelSecondsPerStep: Double?
    let kernelsPerStep: Double?
    /// ``kernelSecondsPerStep`` in ``secondsPerStep``.
    let kernelShare: Double?
    /// Bytes of the GPU's memory that steps need, without what the search for algorithms tried; nil where
    /// nobody can tell.
    let deviceMemory: Int?
    let loss: Double

    /// - Parameter kernels: of all steps together.
    init(
      _ device: DeviceStepper, batch: Int, data: String?, steps: Int, seconds: Double, loss: Double,
      kernels: (seconds: Double, count: Int)?
    ) {
      let stepper = device.stepper
      let configuration = stepper.network.configuration
      network = configuration.name
      self.batch = batch
      precision = stepper.configuration.precision.rawValue
      self.device = stepper.network.device.formatted
      usesGraphs = device.usesGraphs
      self.data = data ?? "noise"
      self.steps = steps
      secondsPerStep = seconds / Double(steps)
      imagesPerSecond = Double(batch * steps) / seconds
      operationsPerSecond =
        imagesPerSecond * 2 * Double(configuration.graph.trainingMultiplications)
      kernelSecondsPerStep = kernels.map { $0.seconds / Double(steps) }
      kernelsPerStep = kernels.map { Double($0.count) / Double(steps) }
      kernelShare = kernels.map { $0.seconds / seconds }
      deviceMemory = CUDA.memory(of: stepper.network.device)?.reserved
      self.loss = loss
    }
  }

  extension AheadBenchmark: CustomStringConvertible {
    var description: String {
      var text = """
        \(network), batch \(batch), \(precision), \(device)\(usesGraphs ? ", CUDA graphs" : ""), \
        \(data), \(steps) steps
        \(String(format: "%.2f", 1000 * secondsPerStep)) ms a step, \
        \(String(format: "%.1f", imagesPerSecond)) images/s, \
        \(String(format: "%.0f", operationsPerSecond / 1e9)) GFLOP/s
        """
      if let kernelShare, let kernelsPerStep {
        text += String(
          format: "\n%.0f kernels a step, in which %.1f %% of its time is spent", kernelsPerStep,
          100 * kernelShare)
      }
      if let deviceMemory {
        text += "\n\(formatted(bytes: deviceMemory)) of the GPU's memory"
      }
      return text
    }
  }
#endif
