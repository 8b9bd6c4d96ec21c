import CTorch

/// Where a tensor lives and operators run.
public enum Device: Hashable, Sendable {
  case cpu
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
}
