import CTorch
import Foundation
import Glibc
import Synchronization

/// libtorch's part for CUDA, which is loaded when it is first asked for.
public enum CUDA {
  private struct State {
    var driver: CUDADriver?
    var isLoaded = false
    var functions: CUDAFunctions?
  }

  private static let state = Mutex(State())

  private static let captureLock = NSRecursiveLock()

  /// Runs `body` while no other thread captures a graph or waits for a whole device: CUDA breaks off any
  /// capture during which somebody does.
  static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
    try captureLock.withLock(body)
  }

  /// What the driver said when the first device was opened; nil before.
  static var driver: CUDADriver? { state.withLock { $0.driver } }

  /// Whether a GPU has been opened.
  public static var isOpen: Bool { state.withLock { $0.isLoaded } }

  /// What the driver says of a GPU; nil for the CPU and before a GPU is open.
  public static func gpu(_ device: Device) -> CUDADriver.GPU? {
    guard case .cuda(let index) = device else { return nil }
    return driver?.devices[index]
  }

  /// The device that a process with a GPU computes on if nobody says otherwise: the first GPU once any
  /// is open.
  public static var preferredDevice: Device { isOpen ? .cuda(0) : .cpu }

  static func open(_ index: Int) throws(DeviceError) {
    try state.withLock { state throws(DeviceError) in
      guard !state.isLoaded else {
        try state.driver!.check(index, neededVersion: runtimeVersion)
        return
      }
      let library = try library()
      let driver = try CUDADriver()
      try driver.check(index, neededVersion: runtimeVersion)
      try load(library)
      do throws(TorchError) {
        try check(ctorch_cuda_start())
      } catch {
        throw .unloadable(error.description)
      }
      state.functions = try CUDAFunctions.found()
      state.driver = driver
      state.isLoaded = true
    }
  }

  /// What keeps libtorch's part for CUDA from being loaded, whatever the driver; nil where it loads.
  public static func loadingProblem() -> DeviceError? {
    do {
      try state.withLock { _ throws(DeviceError) in try load(library()) }
      return nil
    } catch {
      return error
    }
  }

  /// What is no operator: streams, graphs, figures. nil before a GPU is open, and without the library
  /// that `make cuda` builds.
  static var functions: CUDAFunctions? { state.withLock { $0.functions } }

  /// The CUDA that libtorch was built with, such as 13.0; nil for a libtorch without.
  public static var version: String? {
    runtimeVersion > 0 ? DeviceError.version(runtimeVersion) : nil
  }

  /// Whether work can be captured in CUDA graphs.
  public static var hasGraphs: Bool { functions != nil }

  /// The folder of the running libtorch, where the loader knows it.
  public static var libtorchFolder: String? {
    guard let folder = ctorch_library_folder() else { return nil }
    defer { ctorch_message_free(folder) }
    return String(cString: folder)
  }

  /// libtorch_cuda must be of the same build as libtorch_cpu, so it is looked for nowhere else than
  /// beside it.
  private static func library() throws(DeviceError) -> String {
    let folder = libtorchFolder ?? ""
    let library = folder + "/libtorch_cuda.so"
    guard access(library, R_OK) == 0 else { throw .onlyForCPU(folder: folder) }
    return library
  }

  private static func load(_ library: String) throws(DeviceError) {
    // Global: the libraries that libtorch opens later look for its symbols.
    guard dlopen(library, RTLD_NOW | RTLD_GLOBAL) != nil else {
      throw .unloadable(String(cString: dlerror()))
    }
  }

  /// The CUDA that libtorch was built with, in CUDA's numbers, as the runtime library beside it says; 0
  /// for a libtorch without one.
  static var runtimeVersion: Int {
    typealias Version = @convention(c) (UnsafeMutablePointer<CInt>) -> CInt
    guard let symbol = dlsym(nil, "cudaRuntimeGetVersion") else { return 0 }
    var version: CInt = 0
    _ = unsafeBitCast(symbol, to: Version.self)(&version)
    return Int(version)
  }
}
