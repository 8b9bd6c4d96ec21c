import CTorch

/// An n-dimensional array of libtorch.
///
/// A tensor is a reference: copies of the value share the array, and it is freed with the last of
/// them. Operators trap on shapes that do not fit, with libtorch's message.
///
/// Sendable like any reference to shared memory that nobody writes: whoever writes in place must know
/// that no other thread reads.
public struct Tensor: @unchecked Sendable {
  private final class Handle {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { ctorch_tensor_release(pointer) }
  }

  private let handle: Handle

  var pointer: OpaquePointer { handle.pointer }

  init(owning pointer: OpaquePointer) { handle = Handle(pointer) }

  /// The sizes of the dimensions, outermost first.
  public var shape: [Int] {
    (0..<ctorch_tensor_dimensions(pointer)).map { Int(ctorch_tensor_size(pointer, $0)) }
  }

  /// The number of elements.
  public var count: Int { Int(ctorch_tensor_count(pointer)) }

  /// The type of the elements.
  public var scalarType: ScalarType { ScalarType(rawValue: ctorch_tensor_type(pointer).rawValue)! }

  /// Where the tensor lives.
  public var device: Device {
    Device(
      type: ctorch_tensor_device_type(pointer), index: ctorch_tensor_device_index(pointer))
  }
}

extension Tensor: CustomStringConvertible {
  /// Type and shape, such as `float32[8, 3, 300, 300]`.
  public var description: String { "\(scalarType)\(shape)" }
}

/// How the elements of a tensor of images are ordered in memory.
public enum MemoryFormat: Int, Sendable {
  /// N, C, H, W.
  case contiguous = 0
  /// As it is.
  case preserve = 1
  /// N, H, W, C: what convolutions in reduced precision like best.
  case channelsLast = 2
}
