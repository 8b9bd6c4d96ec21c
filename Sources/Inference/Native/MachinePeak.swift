internal import CKernels

/// What the processor's multiply-add instructions reach when nothing holds them up.
public struct MachinePeak: Sendable, Codable {
  /// The instructions.
  public let instructionSet: InstructionSet
  /// What they multiply.
  public let precision: NativePredictor.Precision
  /// On that many threads at once.
  public let threadCount: Int
  /// Multiplications and additions a second.
  public let operationsPerSecond: Double

  /// Measures for a fraction of a second: `vfmadd231ps`, `vdpbf16ps` or `vpdpbusd` on x86.
  ///
  /// - Parameter precision: falls back to float32 like ``NativePredictor``.
  public init(
    precision: NativePredictor.Precision, threads: Int, instructionSet: InstructionSet
  ) {
    let isSupported = precision != .automatic && instructionSet.supports(precision)
    self.precision = isSupported ? precision : .float32
    self.instructionSet = instructionSet
    threadCount = max(1, threads)
    let element =
      switch self.precision {
      case .bfloat16: CK_BFLOAT16
      case .int8: CK_UINT8
      case .automatic, .float32: CK_FLOAT32
      }
    let team = KernelThreads(count: threadCount)
    operationsPerSecond = withExtendedLifetime(team) {
      ck_peak(instructionSet.set, element, team.pointer)
    }
  }
}
