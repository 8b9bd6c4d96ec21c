#if Training
  import ArgumentParser
  import Torch

  /// What somebody wants libtorch to compute on.
  enum DeviceChoice: ExpressibleByArgument, Equatable {
    /// The first GPU where there is one that works, or else the CPU. Of several processes on a machine,
    /// each takes a GPU of its own.
    case auto
    case device(Device)

    init?(argument: String) {
      if argument == "auto" {
        self = .auto
      } else if argument == "cuda" {
        self = .device(.cuda(RunProcesses.gpu))
      } else if let device = Device(named: argument) {
        self = .device(device)
      } else {
        return nil
      }
    }

    static let allValueStrings = ["auto", "cpu", "cuda", "cuda:N"]

    var defaultValueDescription: String {
      switch self {
      case .auto: "auto"
      case .device(let device): "\(device)"
      }
    }

    /// Opens the device. It has to come before anything is computed with libtorch.
    ///
    /// - Throws: `DeviceError` when a GPU is wanted and cannot be used.
    func opened() throws -> Device {
      switch self {
      case .device(let device):
        try device.open()
        Self.noteMissingGraphs(device)
        return device
      case .auto:
        do throws(DeviceError) {
          let device = Device.cuda(RunProcesses.gpu)
          try device.open()
          Self.noteMissingGraphs(device)
          return device
        } catch {
          if error.isAboutAPresentGPU { printError("note: computing on the CPU: \(error)") }
          return .cpu
        }
      }
    }

    private static func noteMissingGraphs(_ device: Device) {
      guard device != .cpu, !CUDA.hasGraphs else { return }
      printError(
        """
        note: without CUDA graphs, which makes steps slower: libctorch_cuda.so is not beside the program \
        (`make cuda` builds it)
        """)
    }
  }

  extension DeviceError {
    /// Whether somebody who has a GPU would want to know; without one, the CPU is the obvious choice.
    fileprivate var isAboutAPresentGPU: Bool {
      switch self {
      case .noDriver, .noDevice: false
      case .onlyForCPU: (try? CUDADriver())?.devices.isEmpty == false
      default: true
      }
    }
  }

  extension Device {
    /// The device for those who read what was measured: `cuda:0 (NVIDIA H100 80GB HBM3)`.
    var formatted: String { CUDA.gpu(self).map { "\(self) (\($0.name))" } ?? "\(self)" }
  }
#endif
