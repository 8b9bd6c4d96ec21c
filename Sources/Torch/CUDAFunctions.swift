import CTorch
import Glibc

/// The library that `make cuda` builds, once it is open: what libtorch has for CUDA that is no operator.
struct CUDAFunctions: @unchecked Sendable {
  /// Constant for the rest of the process.
  private let table: UnsafePointer<CTorchCUDAFunctions>

  static let libraryName = "libctorch_cuda.so"

  /// Opens the library; nil where there is none.
  ///
  /// It lies beside the program, where `make install` puts libtorch, or where the loader looks.
  ///
  /// - Throws: ``DeviceError/otherExtension(_:)``.
  static func found() throws(DeviceError) -> CUDAFunctions? {
    let folder = programFolder()
    let places = ["\(folder)/", "\(folder)/../lib/swift-ssd/", ""].map { $0 + libraryName }
    for place in places where place == libraryName || access(place, R_OK) == 0 {
      guard let handle = dlopen(place, RTLD_NOW | RTLD_LOCAL) else {
        if place == libraryName { return nil }
        throw .otherExtension(String(cString: dlerror()))
      }
      return try CUDAFunctions(handle, place: place)
    }
    return nil
  }

  private init(_ handle: UnsafeMutableRawPointer, place: String) throws(DeviceError) {
    guard let symbol = dlsym(handle, CTORCH_CUDA_SYMBOL) else {
      throw .otherExtension("\(place) lacks \(CTORCH_CUDA_SYMBOL)")
    }
    table = unsafeBitCast(symbol, to: CTorchCUDATable.self)()
    let wanted = CTORCH_CUDA_INTERFACE_VERSION
    guard table.pointee.version == wanted else {
      throw .otherExtension("\(place) has version \(table.pointee.version), not \(wanted)")
    }
    let version = String(cString: table.pointee.torch_version)
    guard version == Runtime.version else {
      throw .otherExtension("\(place) was built with libtorch \(version), not \(Runtime.version)")
    }
  }

  private static func programFolder() -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &path, path.count)
    let bytes = path.prefix(max(length, 0)).map(UInt8.init(bitPattern:))
    return String(
      decoding: bytes.prefix(upTo: bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0), as: UTF8.self)
  }

  /// Calls one of the functions. A refusal is a mistake in the program and traps.
  func call(_ body: (CTorchCUDAFunctions) -> CTorchMessage?) {
    checked { () throws(TorchError) in try check(body(table.pointee)) }
  }

  /// Calls one that makes something or hands something out.
  func made<Value>(
    _ body: (CTorchCUDAFunctions, UnsafeMutablePointer<Value?>) -> CTorchMessage?
  ) -> Value {
    var value: Value?
    call { body($0, &value) }
    return value!
  }

  /// What frees something.
  func release(_ body: (CTorchCUDAFunctions) -> Void) { body(table.pointee) }
}
