import CTorch

/// Settings of libtorch that hold for the whole process.
public enum Runtime {
  /// The version of libtorch, such as 2.11.0.
  public static var version: String { String(cString: ctorch_version()) }

  /// How many threads an operator may use.
  public static var threadCount: Int {
    get { Int(ctorch_threads()) }
    set { ctorch_set_threads(Int32(newValue)) }
  }

  /// Makes the process keep freed memory for the next tensors.
  ///
  /// By default glibc returns every large block to the system, and a training step then spends a
  /// quarter of its time on pages that the kernel takes away and zeroes anew.
  public static func keepFreedMemory() { ctorch_keep_freed_memory() }

  /// Seeds libtorch's generators on every device.
  public static func seed(_ seed: UInt64) { ctorch_seed(seed) }

  /// Whether operators whose result depends on the order of threads are refused.
  public static func setDeterministic(_ deterministic: Bool) {
    ctorch_set_deterministic(deterministic)
  }

  /// Whether the processor multiplies bfloat16 in hardware, so that it is faster than float32.
  public static var hasBFloat16: Bool { ctorch_has_bfloat16() }

  /// Makes convolutions on a GPU try the algorithms for their shapes the first time, and keep the
  /// fastest.
  public static func setAlgorithmSearch(_ searches: Bool) {
    _ = ctorch_set_algorithm_search(searches)
  }

  /// Runs `body` with the algorithms that are usual for its shapes: for a few convolutions the search
  /// takes longer than it saves, and it may find some that round more.
  public static func withoutAlgorithmSearch<Result>(_ body: () throws -> Result) rethrows -> Result
  {
    let former = ctorch_set_algorithm_search(false)
    defer { _ = ctorch_set_algorithm_search(former) }
    return try body()
  }

  /// Whether float32 on a GPU may round factors to 10 bits, which is several times faster (TF32).
  /// libtorch's default: convolutions do, matrix products do not.
  public static func setTF32(_ allowed: Bool) { ctorch_set_tf32(allowed) }
}
