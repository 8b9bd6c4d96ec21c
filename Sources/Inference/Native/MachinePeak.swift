internal import CKernels

/// What the processor's multiply-add instructions reach when nothing holds them up.
public struct MachinePeak: Sendable, Codable {
  /// What is multiplied.
  public enum Operand: String, Sendable, Codable, CaseIterable {
    case float32, bfloat16, int8
    /// What bytes become in Winograd's tiles.
    case int16
  }

  /// The instructions.
  public let instructionSet: InstructionSet
  /// What they multiply.
  public let operand: Operand
  /// On that many threads at once.
  public let threadCount: Int
  /// Multiplications and additions a second.
  public let operationsPerSecond: Double

  /// Measures for a fraction of a second: `vfmadd231ps`, `vdpbf16ps`, `vpdpbusd` or `vpdpwssd` on x86.
  ///
  /// - Precondition: the instruction set has such products.
  public init(of operand: Operand, threads: Int, instructionSet: InstructionSet) {
    precondition(
      instructionSet.multiplies(operand), "\(instructionSet) does not multiply \(operand)")
    self.operand = operand
    self.instructionSet = instructionSet
    threadCount = max(1, threads)
    let team = KernelThreads(count: threadCount)
    operationsPerSecond = withExtendedLifetime(team) {
      ck_peak(instructionSet.set, operand.kernels, team.pointer)
    }
  }
}

extension MachinePeak.Operand {
  /// The same in the kernels' terms.
  var kernels: ck_operand {
    switch self {
    case .float32: CK_FLOAT32_OPERAND
    case .bfloat16: CK_BFLOAT16_OPERAND
    case .int8: CK_INT8_OPERAND
    case .int16: CK_INT16_OPERAND
    }
  }
}
