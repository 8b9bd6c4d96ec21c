import Testing
import Torch

@Suite("Automatic differentiation")
struct GradientTests {
  @Test func findsTheDerivativeOfAPolynomial() {
    let x = Tensor([1, 2, 3] as [Float])
    x.setRequiresGradient(true)
    (x * x * x + x * 2).sum().backward()
    #expect(x.gradient?.array(of: Float.self) == [5, 14, 29])
  }

  @Test func addsUpUntilItIsCleared() {
    let x = Tensor([2] as [Float])
    x.setRequiresGradient(true)
    (x * x).sum().backward()
    (x * x).sum().backward()
    #expect(x.gradient?.scalar == 8)
    x.clearGradient()
    #expect(x.gradient == nil)
  }

  @Test func isOffInsideWithoutGradientsAndBackOnAfterAnError() {
    struct Stop: Error {}
    let x = Tensor([2] as [Float])
    x.setRequiresGradient(true)
    #expect(!withoutGradients { (x * 2).requiresGradient })
    _ = try? withoutGradients { () throws(Stop) in throw Stop() }
    #expect((x * 2).requiresGradient)
  }

  @Test func autocastComputesConvolutionsInBfloat16AndLeavesParametersAlone() {
    let layer = Conv2d(3, 4, kernelSize: 3)
    let image = Tensor.zeros([1, 3, 8, 8])
    #expect(withAutocast(.bfloat16) { layer(image) }.scalarType == .bfloat16)
    #expect(layer(image).scalarType == .float32)
    #expect(layer.weight.tensor.scalarType == .float32)
  }
}

@Suite("Stochastic gradient descent")
struct SGDTests {
  /// Two steps by hand: v = 0.9 v + (g + 0.5 w), w = w - rate * v.
  @Test func followsItsDefinition() {
    let weight = Tensor([1] as [Float])
    weight.setRequiresGradient(true)
    let optimizer = SGD(
      groups: [SGD.Group([("w", weight)], learningRateFactor: 2, weightDecay: 0.5)], momentum: 0.9)
    var w = 1.0
    var v = 0.0
    for _ in 0..<3 {
      (weight * 3.0).sum().backward()
      optimizer.step(learningRate: 0.05)
      optimizer.clearGradients()
      v = 0.9 * v + 3 + 0.5 * w
      w -= 0.1 * v
      #expect(abs(weight.scalar - w) < 1e-6)
    }
    #expect(abs(optimizer.momentumByName[0].tensor.scalar - v) < 1e-5)
  }

  @Test func withoutMomentumFollowsTheGradientAlone() {
    let weight = Tensor([1] as [Float])
    weight.setRequiresGradient(true)
    let optimizer = SGD(groups: [SGD.Group([("w", weight)], weightDecay: 0.5)], momentum: 0)
    (weight * 3.0).sum().backward()
    optimizer.step(learningRate: 0.1)
    #expect(abs(weight.scalar - 0.65) < 1e-6)
    optimizer.step(
      learningRate: Tensor.full([], value: 0.1), dividingGradientsBy: Tensor.full([], value: 2),
      isSkipped: Tensor.full([], value: 0))
    #expect(abs(weight.scalar - (0.65 - 0.1 * (1.5 + 0.5 * 0.65))) < 1e-6)
  }

  @Test func measuresAndScalesAllGradientsTogether() {
    let a = Tensor([0] as [Float])
    let b = Tensor([0] as [Float])
    for tensor in [a, b] { tensor.setRequiresGradient(true) }
    let optimizer = SGD(groups: [SGD.Group([("a", a), ("b", b)], weightDecay: 0)])
    (a * 3.0 + b * 4.0).sum().backward()
    #expect(abs(optimizer.gradientNorm() - 5) < 1e-6)
    optimizer.scaleGradients(by: 0.5)
    #expect(a.gradient?.scalar == 1.5)
    #expect(abs(optimizer.gradientNorm() - 2.5) < 1e-6)
  }

  @Test func averagesForgetTheirStartAndSwapBackAndForth() {
    let weight = Tensor([0] as [Float])
    let average = ExponentialMovingAverage(of: [("w", weight)], decay: 0.9)
    weight.assign(Tensor([1] as [Float]))
    average.update(step: 0)  // decay 1 / 10
    #expect(abs(average.averages[0].tensor.scalar - 0.9) < 1e-6)
    average.update(step: 1000)
    #expect(abs(average.averages[0].tensor.scalar - 0.91) < 1e-6)
    average.swap()
    #expect(abs(weight.scalar - 0.91) < 1e-6)
    average.swap()
    #expect(weight.scalar == 1)
  }
}
