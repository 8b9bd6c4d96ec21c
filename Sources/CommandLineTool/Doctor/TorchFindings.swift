#if Training
  import Foundation
  import SSD
  import Torch

  /// What libtorch and the GPUs are, and what came of a matrix product on each device.
  struct TorchFindings: Encodable {
    let version = Runtime.version
    let folder = CUDA.libtorchFolder
    /// The CUDA that libtorch was built with.
    let cuda = CUDA.version
    let threads = Runtime.threadCount
    /// The newest CUDA that the driver knows; nil without one.
    private(set) var driver: String?
    /// Why there is no GPU to compute on; nil where there is one.
    private(set) var withoutGPU: String?
    /// What keeps libtorch's part for CUDA from being loaded.
    private(set) var loadingProblem: String?
    /// Whether work can be captured in CUDA graphs.
    private(set) var hasGraphs = false
    private(set) var devices: [DeviceFindings] = []
    private(set) var products: [MatrixCheck] = []
    private(set) var problems: [String] = []

    struct DeviceFindings: Encodable {
      let device: String
      let name: String
      let capability: String
      /// Bytes.
      let memory: Int
      let freeMemory: Int?
    }

    init() {
      examineDriver()
      for device in [Device.cpu] + usableGPUs {
        products += MatrixCheck.checks(on: device)
      }
      problems += products.compactMap(\.problem)
    }

    private var usableGPUs: [Device] {
      CUDA.isOpen ? devices.compactMap { Device(named: $0.device) } : []
    }

    private mutating func examineDriver() {
      do throws(DeviceError) {
        let driver = try CUDADriver()
        self.driver = driver.cudaVersion
        try Device.cuda(0).open()
        hasGraphs = CUDA.hasGraphs
        devices = driver.devices.enumerated().map { index, gpu in
          let device = Device.cuda(index)
          return DeviceFindings(
            device: "\(device)", name: gpu.name,
            capability: "\(gpu.majorCapability).\(gpu.minorCapability)", memory: gpu.memory,
            freeMemory: CUDA.memory(of: device)?.free)
        }
      } catch {
        withoutGPU = "\(error)"
        switch error {
        // A machine may well have no GPU.
        case .noDriver, .noDevice: loadingProblem = CUDA.loadingProblem()?.description
        default: problems.append("\(error)")
        }
      }
    }

    /// What a person reads: a name and what there is to say.
    var lines: [(String, String)] {
      var lines = [
        (
          "libtorch",
          """
          \(version)\(cuda.map { " for CUDA \($0)" } ?? " for the CPU"), \(threads) threads, in \
          \(folder ?? "an unknown folder")
          """
        )
      ]
      if let driver { lines.append(("driver", "for CUDA \(driver)")) }
      for device in devices {
        lines.append(
          (
            device.device,
            """
            \(device.name), compute capability \(device.capability), \(formatted(bytes: device.memory))\
            \(device.freeMemory.map { ", \(formatted(bytes: $0)) of it free" } ?? "")
            """
          ))
      }
      if let withoutGPU { lines.append(("GPU", "none: \(withoutGPU)")) }
      if let loadingProblem { lines.append(("", loadingProblem)) }
      if !devices.isEmpty {
        lines.append(
          ("graphs", hasGraphs ? "yes" : "no: `make cuda` builds what is missing"))
      }
      return lines + products.map { ("product", "\($0)") }
    }
  }

  /// A matrix product on a device, compared with one in float64 on the CPU.
  struct MatrixCheck: Encodable, CustomStringConvertible {
    let device: String
    let type: String
    /// Of the whole product, as a share of its length.
    let error: Double
    let tolerance: Double
    /// Multiplications and additions of a large product.
    let operationsPerSecond: Double

    /// In every type that training uses.
    static func checks(on device: Device) -> [MatrixCheck] {
      // Half a unit in the last place of each factor, and sums in float32.
      [(ScalarType.float32, 1e-5), (.bfloat16, 1e-2)].map { type, tolerance in
        MatrixCheck(device, type, tolerance: tolerance)
      }
    }

    private init(_ device: Device, _ type: ScalarType, tolerance: Double) {
      let size = 512
      let factors = (0..<2).map { _ in
        let factor = Tensor.zeros([size, size])
        factor.fillUniform(-1...1)
        return factor
      }
      let exact = factors.map { $0.converted(to: .float64) }
      let expected = exact[0].matrixProduct(with: exact[1])
      let there = factors.map { $0.converted(to: type).moved(to: device) }
      let product = there[0].matrixProduct(with: there[1]).moved(to: .cpu)
        .converted(to: .float64)
      self.device = "\(device)"
      self.type = "\(type)"
      self.tolerance = tolerance
      error = (product - expected).norm2().scalar / expected.norm2().scalar
      operationsPerSecond = MatrixProduct.operationsPerSecond(
        type, size: device == .cpu ? 1024 : 8192, on: device)
    }

    var problem: String? {
      error <= tolerance
        ? nil
        : """
        a matrix product in \(type) on \(device) is off by \(error): do not trust results of this \
        device; try another driver or another build of libtorch
        """
    }

    var description: String {
      """
      \(device), \(type): off by \(String(format: "%.1g", error)), \
      \(String(format: "%.0f", operationsPerSecond / 1e9)) GFLOP/s
      """
    }
  }
#endif
