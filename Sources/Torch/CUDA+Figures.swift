import CTorch

/// What a GPU tells of itself. All of it needs the library that `make cuda` builds.
extension CUDA {
  /// The memory of a GPU, in bytes.
  public struct Memory: Hashable, Sendable {
    /// Nobody has it.
    public var free: Int
    /// The GPU has it.
    public var total: Int
    /// Tensors of this process have it.
    public var allocated: Int
    /// Tensors of this process had it at most.
    public var peakAllocated: Int
    /// libtorch keeps it for tensors of this process.
    public var reserved: Int
  }

  /// How the memory of a GPU is used; nil without the library.
  public static func memory(of device: Device) -> Memory? {
    functions.map { functions in
      var memory = CTorchCUDAMemory()
      functions.call { $0.memory(device.cIndex, &memory) }
      return Memory(
        free: Int(memory.free), total: Int(memory.total), allocated: Int(memory.allocated),
        peakAllocated: Int(memory.peak_allocated), reserved: Int(memory.reserved))
    }
  }

  /// Waits until a GPU has done everything that it was given. Without the library, nothing is waited
  /// for: the values of a tensor are.
  public static func synchronize(_ device: Device) {
    exclusively { functions?.call { $0.synchronize(device.cIndex) } }
  }

  /// How long kernels ran on the GPU while `body` did, in seconds, and how many: what overlaps counts
  /// once, and copies do not count. nil without the library.
  public static func kernelTime(
    of body: () throws -> Void
  ) throws -> (seconds: Double, count: Int)? {
    guard let functions else {
      try body()
      return nil
    }
    functions.call { $0.profile_begin() }
    let outcome = Result { try body() }
    var (seconds, count) = (0.0, Int64(0))
    functions.call { $0.profile_end(&seconds, &count) }
    try outcome.get()
    return (seconds, Int(count))
  }
}
