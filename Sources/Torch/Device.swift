import CTorch

/// Where a tensor lives and operators run.
public enum Device: Hashable, Sendable {
  case cpu
  /// A GPU of NVIDIA's, counted from 0. Nothing may be put there before ``open()``.
  case cuda(Int)

  init(type: CTorchDeviceType, index: Int8) {
    self = type == CTorchDeviceTypeCUDA ? .cuda(Int(index)) : .cpu
  }

  var cType: CTorchDeviceType { self == .cpu ? CTorchDeviceTypeCPU : CTorchDeviceTypeCUDA }

  var cIndex: Int8 {
    switch self {
    case .cpu: -1
    case .cuda(let index): Int8(index)
    }
  }

  /// Makes sure that operators can run there. For a GPU, libtorch's part for CUDA is loaded the first
  /// time, which takes seconds.
  ///
  /// It has to come before the first ``Tensor/backward()`` of the process.
  ///
  /// - Throws: ``DeviceError`` saying what is missing and what to do.
  public func open() throws(DeviceError) {
    if case .cuda(let index) = self { try CUDA.open(index) }
  }

  /// Whether bfloat16 is multiplied in hardware, so that it is faster than float32.
  public var hasBFloat16: Bool {
    switch self {
    case .cpu: Runtime.hasBFloat16
    // From Ampere on.
    case .cuda(let index): CUDA.driver?.devices[index].majorCapability ?? 0 >= 8
    }
  }
}

extension Device: CustomStringConvertible {
  /// `cpu` or `cuda:0`.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  /// The device that is called so: `cpu`, `cuda` (the first GPU) or `cuda:1`.
  public init?(named name: String) {
    switch name.split(separator: ":", omittingEmptySubsequences: false) {
    case ["cpu"]: self = .cpu
    case ["cuda"]: self = .cuda(0)
    case let parts where parts.count == 2 && parts[0] == "cuda":
      // libtorch counts devices in a byte.
      guard let index = Int(parts[1]), (0...127).contains(index) else { return nil }
      self = .cuda(index)
    default: return nil
    }
  }
}
