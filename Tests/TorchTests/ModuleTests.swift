import Testing
import Torch

private final class Block: Module {
  let convolutions = Layers([("conv1_1", Conv2d(3, 4, kernelSize: 3))])
  let norm = BatchNorm2d(4)
}

private final class Network: Module {
  let rescaleFactors = Parameter(Tensor.zeros([1, 4, 1, 1]))
  let base = Block()
  let size = 300
}

@Suite("A module")
struct ModuleTests {
  @Test func namesItsParametersAsPyTorchDoes() {
    let network = Network()
    #expect(
      network.parameters.map(\.name) == [
        "rescale_factors", "base.conv1_1.weight", "base.conv1_1.bias", "base.norm.weight",
        "base.norm.bias",
      ])
    #expect(
      network.state.map(\.name).suffix(2) == [
        "base.norm.running_mean", "base.norm.running_var",
      ])
    #expect(network.modules.count { $0 is BatchNorm2d } == 1)
  }

  @Test func batchNormalizationUsesTheBatchOnlyWhileTraining() {
    let layer = BatchNorm2d(1, momentum: 0.5)
    let input = Tensor([1, 3, 5, 7] as [Float], shape: [1, 1, 2, 2])
    let unchanged = layer(input).array(of: Float.self)
    #expect(zip(unchanged, [1, 3, 5, 7]).allSatisfy { abs($0 - $1) < 1e-4 })
    layer.isTraining = true
    let output = layer(input)
    #expect(abs(output.mean().scalar) < 1e-6)
    // Half way from 0 to the mean 4, and from 1 to the unbiased variance 20 / 3.
    #expect(abs(layer.runningMean.tensor.scalar - 2) < 1e-6)
    #expect(abs(layer.runningVar.tensor.scalar - (1 + 20.0 / 3) / 2) < 1e-5)
  }

  /// Two overlapping windows of 3 over 5 columns with a kernel of ones.
  @Test func convolutionStridesPadsAndDilates() {
    let layer = Conv2d(1, 1, kernelSize: 3, stride: 2)
    layer.weight.tensor.assign(Tensor.full([1, 1, 3, 3], value: 1))
    layer.bias?.tensor.assign(Tensor([0.5] as [Float]))
    let image = Tensor((0..<25).map(Float.init), shape: [1, 1, 5, 5])
    #expect(layer(image).array(of: Float.self) == [54.5, 72.5, 144.5, 162.5])
    let dilated = image.convolved(
      Tensor.full([1, 1, 3, 3], value: 1), bias: nil, dilation: 2)
    #expect(dilated.array(of: Float.self) == [108])
  }
}
