import Testing
import Torch

@Suite("Devices")
struct DeviceTests {
  @Test func areCalledAsInPyTorch() {
    #expect(Device(named: "cpu") == .cpu)
    #expect(Device(named: "cuda") == .cuda(0))
    #expect(Device(named: "cuda:3") == .cuda(3))
    for name in ["", "gpu", "cuda:", "cuda:-1", "cuda:128", "cuda:1:2", "cpu:0"] {
      #expect(Device(named: name) == nil, "\(name)")
    }
    for device in [Device.cpu, .cuda(0), .cuda(7)] {
      #expect(Device(named: "\(device)") == device)
    }
  }

  @Test func aMissingDriverIsNamed() {
    let error = #expect(throws: DeviceError.self) {
      try CUDADriver(library: "libcuda-of-no-driver.so.1")
    }
    #expect(error?.description.contains("libcuda-of-no-driver.so.1") == true)
    #expect(error?.description.contains("--device cpu") == true)
  }

  @Test func whatIsNoDriverIsSaid() {
    let error = #expect(throws: DeviceError.self) { try CUDADriver(library: "libc.so.6") }
    #expect(error == .driverFailed("it lacks cuInit"))
  }

  @Test func aDriverRunsWhatWasBuiltForItsMajorVersionOrAnOlderOne() throws {
    let gpu = CUDADriver.GPU(
      name: "H100", majorCapability: 9, minorCapability: 0, memory: 80 << 30)
    let driver = CUDADriver(version: 13000, devices: [gpu])
    try driver.check(0, neededVersion: 13000)
    try driver.check(0, neededVersion: 13010)
    try driver.check(0, neededVersion: 12080)
    #expect(throws: DeviceError.driverTooOld(found: 13000, needed: 14000)) {
      try driver.check(0, neededVersion: 14000)
    }
    #expect(throws: DeviceError.noSuchDevice(index: 1, names: ["H100"])) {
      try driver.check(1, neededVersion: 13000)
    }
    let old = CUDADriver.GPU(
      name: "V100", majorCapability: 7, minorCapability: 0, memory: 16 << 30)
    let oldDriver = CUDADriver(version: 13000, devices: [old])
    try oldDriver.check(0, neededVersion: 12080)
    #expect(throws: DeviceError.deviceTooOld(name: "V100", capability: "7.0")) {
      try oldDriver.check(0, neededVersion: 13000)
    }
    #expect(throws: DeviceError.noDevice) {
      try CUDADriver(version: 13000, devices: []).check(0, neededVersion: 13000)
    }
  }

  @Test func errorsSayWhatToDo() {
    let tooOld = DeviceError.driverTooOld(found: 12040, needed: 13000).description
    for text in ["12.4", "13.0", "580", "newer driver"] { #expect(tooOld.contains(text)) }
    let index = DeviceError.noSuchDevice(index: 2, names: ["A100", "H100"]).description
    #expect(index == "there is no GPU 2: there are cuda:0 (A100), cuda:1 (H100)")
  }

  @Test func wantOfMemoryIsToldFromMistakes() {
    let error = TorchError(
      "aten::conv2d(float[8, 3, 300, 300]): CUDA out of memory. Tried to allocate 2.00 GiB.")
    #expect(error.isOutOfMemory)
    let message = outOfMemoryMessage(error)
    for text in ["conv2d", "2.00 GiB", "Lower --batch"] { #expect(message.contains(text)) }
    #expect(!TorchError("aten::mm(): shapes cannot be multiplied").isOutOfMemory)
  }

  @Test func aNetworkThatMovesKeepsItsValuesAndTensors() {
    let layer = Conv2d(3, 4, kernelSize: 3)
    Initialization.heUniform(layer.weight.tensor)
    let values: [Float] = layer.weight.tensor.array()
    let handle = layer.weight.tensor
    layer.move(to: .cpu, format: .channelsLast)
    #expect(handle.array() == values)
    #expect(handle.requiresGradient)
    layer(Tensor.full([1, 3, 5, 5], value: 1)).sum().backward()
    #expect(handle.gradient?.magnitude().sum().scalar ?? 0 > 0)
  }
}
