internal import CKernels
import Foundation

/// What a processor computes with: the kernels of ``NativePredictor`` exist once for each.
public enum InstructionSet: String, Sendable, Codable, CaseIterable {
  /// Any processor; the reference that the others are tested against.
  case portable
  /// 64-bit Arm.
  case neon
  /// x86 with AVX2 and FMA.
  case avx2
  /// x86 with AVX-512.
  case avx512
  /// x86 with AVX-512 and its products of bfloat16 and of bytes (BF16, VNNI).
  case avx512BF16 = "avx512bf16"

  /// The environment variable that says which set to use instead of the best.
  public static let environmentVariable = "SSD_KERNELS"

  /// Whether this processor has it.
  public var isAvailable: Bool { ck_instruction_set_is_available(set) }

  /// Those that this processor has, the best one last.
  public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

  /// The set that the environment asks for, or else the best that this processor has.
  ///
  /// - Throws: ``UnavailableInstructionSet`` when the environment asks for one that is not there.
  public static func chosen(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> InstructionSet {
    guard let name = environment[environmentVariable], !name.isEmpty else {
      return available.last ?? .portable
    }
    guard let set = InstructionSet(rawValue: name.lowercased()), set.isAvailable else {
      throw UnavailableInstructionSet(name: name)
    }
    return set
  }

  /// Whether it multiplies numbers of this type, so that ``NativePredictor`` need not fall back to
  /// float32.
  public func supports(_ precision: NativePredictor.Precision) -> Bool {
    switch precision {
    case .automatic, .float32: true
    case .bfloat16: multiplies(.bfloat16)
    case .int8: multiplies(.int8)
    }
  }

  /// Whether it has products of such numbers, faster than those of float32.
  public func multiplies(_ operand: MachinePeak.Operand) -> Bool {
    ck_has_operand(set, operand.kernels)
  }

  /// The greatest byte that its products take without overflowing.
  var activationLimit: Int { Int(ck_activation_limit(set)) }

  /// Whether it has 32 registers for vectors, not 16.
  var hasManyRegisters: Bool { self != .avx2 }

  /// The same in the kernels' terms.
  var set: ck_instruction_set {
    switch self {
    case .portable: CK_PORTABLE
    case .neon: CK_NEON
    case .avx2: CK_AVX2
    case .avx512: CK_AVX512
    case .avx512BF16: CK_AVX512_BF16
    }
  }
}

/// The environment asks for kernels that this processor cannot run, or that nobody wrote.
public struct UnavailableInstructionSet: Error, CustomStringConvertible {
  /// What was asked for.
  public let name: String

  /// What is wrong, and what would be right.
  public var description: String {
    let names = InstructionSet.available.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    return "\(InstructionSet.environmentVariable)=\(name): this processor has \(names)"
  }
}
