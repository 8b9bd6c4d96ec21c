import CTorch

/// One operator of libtorch's dispatcher, looked up once: `Operator("aten::add", overload: "Tensor")`.
///
/// Arguments are given by position as in libtorch's schema; those left out at the end take their
/// defaults. A new operator costs one line.
public struct Operator: @unchecked Sendable {
  private let handle: OpaquePointer

  /// - Precondition: libtorch has the operator.
  public init(_ name: String, overload: String = "") {
    handle = checked { () throws(TorchError) in
      var handle: OpaquePointer?
      try check(ctorch_operator_find(name, overload, &handle))
      return handle!
    }
  }

  /// One argument of a call.
  public enum Argument: Sendable {
    case none
    case tensor(Tensor)
    case integer(Int)
    case real(Double)
    case boolean(Bool)
    case device(Device)
    case integers([Int])
    case tensors([Tensor])

    /// A tensor, or none.
    static func optional(_ tensor: Tensor?) -> Argument { tensor.map(Argument.tensor) ?? .none }

    /// A scalar type, which the dispatcher knows by its number.
    static func type(_ type: ScalarType) -> Argument { .integer(Int(type.rawValue)) }

    /// A memory format, which the dispatcher knows by its number.
    static func format(_ format: MemoryFormat) -> Argument { .integer(format.rawValue) }
  }

  /// Calls the operator.
  ///
  /// - Parameters:
  ///   - arguments: in the order of the operator's schema.
  ///   - limit: the most tensors it can return.
  /// - Throws: ``TorchError`` when libtorch refuses the arguments.
  public func call(
    _ arguments: [Argument], returningAtMost limit: Int = 4
  ) throws(TorchError) -> [Tensor] {
    var values: [CTorchValue] = []
    values.reserveCapacity(arguments.count)
    var integers: [Int64] = []
    var tensors: [OpaquePointer?] = []
    for argument in arguments {
      var value = CTorchValue()
      switch argument {
      case .none:
        value.tag = CTorchTagNone
      case .tensor(let tensor):
        value.tag = CTorchTagTensor
        value.tensor = tensor.pointer
      case .integer(let integer):
        value.tag = CTorchTagInteger
        value.integer = Int64(integer)
      case .real(let real):
        value.tag = CTorchTagReal
        value.real = real
      case .boolean(let boolean):
        value.tag = CTorchTagBoolean
        value.boolean = boolean
      case .device(let device):
        value.tag = CTorchTagDevice
        value.device.type = device.cType.rawValue
        value.device.index = device.cIndex
      case .integers(let list):
        value.tag = CTorchTagIntegers
        value.list.offset = UInt32(integers.count)
        value.list.count = UInt32(list.count)
        integers += list.lazy.map(Int64.init)
      case .tensors(let list):
        value.tag = CTorchTagTensors
        value.list.offset = UInt32(tensors.count)
        value.list.count = UInt32(list.count)
        tensors += list.lazy.map(\.pointer)
      }
      values.append(value)
    }
    var count = limit
    var message: CTorchMessage?
    let results = withExtendedLifetime(arguments) {
      [OpaquePointer?](unsafeUninitializedCapacity: limit) { buffer, initialized in
        message = ctorch_operator_call(
          handle, values, values.count, integers, tensors, buffer.baseAddress, &count)
        initialized = message == nil ? count : 0
      }
    }
    try check(message)
    return results.map { Tensor(owning: $0!) }
  }

  /// Calls an operator that returns one tensor. A refusal is a mistake in the program and traps.
  @discardableResult
  func callAsFunction(_ arguments: Argument...) -> Tensor {
    checked { () throws(TorchError) in try call(arguments) }[0]
  }

  /// Calls an operator for its effect. A refusal is a mistake in the program and traps.
  func run(_ arguments: Argument...) {
    _ = checked { () throws(TorchError) in try call(arguments) }
  }

  /// Calls an operator that returns several tensors. A refusal is a mistake and traps.
  func several(_ arguments: Argument..., atMost limit: Int = 4) -> [Tensor] {
    checked { () throws(TorchError) in try call(arguments, returningAtMost: limit) }
  }
}
