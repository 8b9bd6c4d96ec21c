import Glibc

/// What NVIDIA's driver says of itself and the GPUs. Asking it needs no libtorch.
public struct CUDADriver: Hashable, Sendable {
  /// The newest CUDA that it knows, in CUDA's numbers: 13000 is 13.0.
  public var version: Int
  /// The GPUs that this process may use, in CUDA's order.
  public var devices: [GPU]

  /// A GPU, as the driver describes it.
  public struct GPU: Hashable, Sendable {
    /// Such as `NVIDIA H100 80GB HBM3`.
    public var name: String
    /// Of the compute capability: 9 of 9.0.
    public var majorCapability: Int
    /// Of the compute capability: 0 of 9.0.
    public var minorCapability: Int
    /// Bytes.
    public var memory: Int

    package init(name: String, majorCapability: Int, minorCapability: Int, memory: Int) {
      self.name = name
      self.majorCapability = majorCapability
      self.minorCapability = minorCapability
      self.memory = memory
    }
  }

  package init(version: Int, devices: [GPU]) {
    self.version = version
    self.devices = devices
  }

  /// The version as NVIDIA writes it, such as 13.0.
  public var cudaVersion: String { DeviceError.version(version) }

  /// Asks the driver.
  ///
  /// - Parameter library: the driver's.
  /// - Throws: ``DeviceError`` where there is none, or none that works.
  public init(library: String = "libcuda.so.1") throws(DeviceError) {
    guard let handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL) else {
      throw .noDriver(String(cString: dlerror()))
    }
    let calls = Calls(handle: handle)
    guard try calls.initialize() else {
      self.init(version: try calls.version(), devices: [])
      return
    }
    var devices: [GPU] = []
    for index in 0..<(try calls.deviceCount()) { devices.append(try calls.gpu(index)) }
    self.init(version: try calls.version(), devices: devices)
  }

  /// Whether operators of a libtorch can run on a device.
  ///
  /// - Parameter neededVersion: the CUDA that libtorch was built with, in CUDA's numbers; drivers run
  ///   what was built with their own major version or an older one.
  /// - Throws: ``DeviceError`` if not.
  package func check(_ index: Int, neededVersion: Int) throws(DeviceError) {
    let needed = neededVersion / 1000 * 1000
    guard version >= needed else { throw .driverTooOld(found: version, needed: needed) }
    guard !devices.isEmpty else { throw .noDevice }
    guard devices.indices.contains(index) else {
      throw .noSuchDevice(index: index, names: devices.map(\.name))
    }
    let gpu = devices[index]
    guard needed < 13000 || (gpu.majorCapability, gpu.minorCapability) >= (7, 5) else {
      throw .deviceTooOld(
        name: gpu.name, capability: "\(gpu.majorCapability).\(gpu.minorCapability)")
    }
  }
}

/// The functions of the driver's C interface that are needed here, found by name: headers and library
/// come with CUDA, which most machines lack.
private struct Calls {
  let handle: UnsafeMutableRawPointer

  private typealias Status = CInt
  private typealias IntegerOut = UnsafeMutablePointer<CInt>

  private static let success: Status = 0
  private static let noDevice: Status = 100
  // Of CUdevice_attribute.
  private static let majorCapability: CInt = 75
  private static let minorCapability: CInt = 76

  private func function<Function>(_ name: String, _ type: Function.Type) throws(DeviceError)
    -> Function
  {
    guard let symbol = dlsym(handle, name) else { throw .driverFailed("it lacks \(name)") }
    return unsafeBitCast(symbol, to: type)
  }

  private func check(_ status: Status) throws(DeviceError) {
    guard status != Self.success else { return }
    typealias Describe =
      @convention(c) (Status, UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Status
    var text: UnsafePointer<CChar>?
    _ = try function("cuGetErrorString", Describe.self)(status, &text)
    throw .driverFailed(text.map { String(cString: $0) } ?? "error \(status)")
  }

  private func integer(_ name: String) throws(DeviceError) -> Int {
    typealias Ask = @convention(c) (IntegerOut) -> Status
    var value: CInt = 0
    try check(function(name, Ask.self)(&value))
    return Int(value)
  }

  /// False where the driver finds no GPU.
  func initialize() throws(DeviceError) -> Bool {
    let status = try function("cuInit", (@convention(c) (CUnsignedInt) -> Status).self)(0)
    if status == Self.noDevice { return false }
    try check(status)
    return true
  }

  func version() throws(DeviceError) -> Int { try integer("cuDriverGetVersion") }

  func deviceCount() throws(DeviceError) -> Int { try integer("cuDeviceGetCount") }

  func gpu(_ index: Int) throws(DeviceError) -> CUDADriver.GPU {
    let device = CInt(index)
    typealias Name = @convention(c) (UnsafeMutablePointer<CChar>, CInt, CInt) -> Status
    typealias Attribute = @convention(c) (IntegerOut, CInt, CInt) -> Status
    typealias Memory = @convention(c) (UnsafeMutablePointer<Int>, CInt) -> Status
    var name = [CChar](repeating: 0, count: 256)
    try check(function("cuDeviceGetName", Name.self)(&name, CInt(name.count), device))
    func attribute(_ number: CInt) throws(DeviceError) -> Int {
      var value: CInt = 0
      try check(function("cuDeviceGetAttribute", Attribute.self)(&value, number, device))
      return Int(value)
    }
    var memory = 0
    try check(function("cuDeviceTotalMem_v2", Memory.self)(&memory, device))
    return CUDADriver.GPU(
      name: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
      majorCapability: try attribute(Self.majorCapability),
      minorCapability: try attribute(Self.minorCapability), memory: memory)
  }
}
