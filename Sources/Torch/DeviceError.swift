/// Why operators cannot run on a GPU.
public enum DeviceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no driver, in the loader's words.
  case noDriver(String)
  /// The driver is for an older CUDA than libtorch's. Versions are CUDA's numbers: 13000 is 13.0.
  case driverTooOld(found: Int, needed: Int)
  /// The driver does not work, in its own words.
  case driverFailed(String)
  /// There is a driver, and no GPU for it.
  case noDevice
  /// There are fewer GPUs.
  case noSuchDevice(index: Int, names: [String])
  /// libtorch has no kernels for the GPU, whose compute capability this is.
  case deviceTooOld(name: String, capability: String)
  /// The libtorch in this folder is for the CPU alone.
  case onlyForCPU(folder: String)
  /// libtorch's part for CUDA cannot be loaded, in the loader's words.
  case unloadable(String)
  /// The library for CUDA graphs belongs to another version of this program or of libtorch.
  case otherExtension(String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .noDriver(let reason):
      """
      there is no NVIDIA driver (\(reason)): install one, and in a container pass the GPU in \
      (--gpus all), or use --device cpu
      """
    case .driverTooOld(let found, let needed):
      """
      the NVIDIA driver is for CUDA \(Self.version(found)), and this libtorch needs one for CUDA \
      \(Self.version(needed)) or later\(needed / 1000 == 13 ? " (driver 580 or later)" : ""): install a \
      newer driver, or use --device cpu
      """
    case .driverFailed(let reason):
      "the NVIDIA driver does not work (\(reason)): see whether nvidia-smi does, or use --device cpu"
    case .noDevice:
      """
      the NVIDIA driver finds no GPU: see whether nvidia-smi does, and whether CUDA_VISIBLE_DEVICES \
      hides it, or use --device cpu
      """
    case .noSuchDevice(let index, let names):
      """
      there is no GPU \(index): \(names.count == 1 ? "the only one is" : "there are") \
      \(names.enumerated().map { "cuda:\($0) (\($1))" }.joined(separator: ", "))
      """
    case .deviceTooOld(let name, let capability):
      """
      the GPU, \(name), has compute capability \(capability), and this libtorch is for 7.5 and later: \
      use --device cpu
      """
    case .onlyForCPU(let folder):
      """
      the libtorch in \(folder) is for the CPU alone: it holds no libtorch_cuda.so. Put the lib folder \
      of PyTorch's build for CUDA into LD_LIBRARY_PATH, or use --device cpu
      """
    case .unloadable(let reason):
      """
      libtorch's part for CUDA cannot be loaded (\(reason)). What it needs comes with PyTorch: `pip \
      install torch==\(Runtime.version)`, and put torch/lib and the nvidia/*/lib folders beside it into \
      LD_LIBRARY_PATH; or use --device cpu
      """
    case .otherExtension(let reason):
      "the library for CUDA graphs does not fit (\(reason)): build it anew with `make cuda`"
    }
  }

  /// 13000 -> 13.0.
  static func version(_ number: Int) -> String { "\(number / 1000).\(number % 1000 / 10)" }
}
