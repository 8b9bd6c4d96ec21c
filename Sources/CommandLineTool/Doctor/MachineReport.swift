import Foundation
import Inference
import MultiBox
import Weights

/// What a machine has to compute with, and what came of trying it.
struct MachineReport: Encodable {
  let version = SSDCommand.configuration.version
  let machine = Machine()
  /// Bytes.
  let memory = Machine.Memory()
  private(set) var kernels: Kernels?
  #if Training
    private(set) var torch: TorchFindings?
    /// What `--check` found.
    var comparison: DeviceComparison? {
      didSet { problems += comparison?.problems ?? [] }
    }
  #endif
  /// What is wrong, and what to do.
  private(set) var problems: [String] = []

  /// The kernels of this package.
  struct Kernels: Encodable {
    let chosen: InstructionSet
    let available: [InstructionSet]
    /// Multiplications and additions a second, by type.
    let operationsPerSecond: [String: Double]
    /// The greatest difference of a network's scores, 0...1, from those of the portable kernels.
    let difference: Float
  }

  /// A network of a few channels, computed with the chosen and with the portable kernels.
  mutating func examineKernels() {
    do {
      let chosen = try InstructionSet.chosen()
      var rates: [String: Double] = [:]
      for operand in MachinePeak.Operand.allCases where chosen.multiplies(operand) {
        let peak = MachinePeak(of: operand, threads: machine.cores, instructionSet: chosen)
        rates[operand.rawValue] = peak.operationsPerSecond
      }
      let difference = try Self.difference(of: chosen)
      kernels = Kernels(
        chosen: chosen, available: InstructionSet.available, operationsPerSecond: rates,
        difference: difference)
      if !(difference <= Self.tolerance) {
        problems.append(
          """
          the kernels \(chosen.rawValue) compute wrongly (scores are off by \(difference)): use others \
          (\(InstructionSet.environmentVariable)=portable), and report this processor
          """)
      }
    } catch {
      problems.append("\(error)")
    }
  }

  /// Of probabilities computed in float32 in another order.
  private static let tolerance: Float = 1e-4

  private static func difference(of instructions: InstructionSet) throws -> Float {
    let model = ImportedModel(randomWeightsFor: .ssd300Tiny(classes: .voc))
    let size = model.configuration.imageSize
    let pixels = (0..<size * size * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let predictions = try [instructions, .portable].map { set in
      try NativePredictor(model, precision: .float32, instructionSet: set)
        .predict(pixels, imageCount: 1)
    }
    return predictions[0].scoreDifference(
      from: predictions[1], columns: model.configuration.scoreCount
    ).greatest
  }

  #if Training
    mutating func examineTorch() {
      let findings = TorchFindings()
      problems += findings.problems
      torch = findings
    }
  #endif
}

extension MachineReport: CustomStringConvertible {
  var description: String {
    var lines: [(String, String)] = [
      ("ssd", version),
      ("processor", "\(machine)"),
      (
        "memory",
        "\(formatted(bytes: memory.total)), \(formatted(bytes: memory.available)) of it free"
      ),
    ]
    if let kernels {
      let rates = kernels.operationsPerSecond.sorted { $0.key < $1.key }
        .map { "\($0.key) \(String(format: "%.0f", $0.value / 1e9))" }
      lines.append(
        (
          "kernels",
          """
          \(kernels.chosen.rawValue) of \(kernels.available.map(\.rawValue).joined(separator: ", ")); \
          at most \(rates.joined(separator: ", ")) GFLOP/s; scores within \
          \(String(format: "%.1g", kernels.difference)) of the portable ones
          """
        ))
    }
    #if Training
      lines += torch?.lines ?? []
    #else
      lines.append(("libtorch", "built without: no training, no GPU"))
    #endif
    let width = lines.map(\.0.count).max() ?? 0
    var text = lines.map { name, value in
      name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + value
    }.joined(separator: "\n")
    #if Training
      if let comparison { text += "\n\n\(comparison)" }
    #endif
    return text
      + (problems.isEmpty
        ? "\n\nnothing is wrong" : "\n\n" + problems.map { "wrong: \($0)" }.joined(separator: "\n"))
  }
}
