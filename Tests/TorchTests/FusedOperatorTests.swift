import Testing
import Torch

/// What the fused operators replace is libtorch's own, so libtorch is what they must agree with.
@Suite("Operators fused with a ReLU")
struct FusedOperatorTests {
  private func map(_ shape: [Int], type: ScalarType, seed: UInt64) -> Tensor {
    Runtime.seed(seed)
    let values = Tensor.zeros(shape)
    values.fillNormal(deviation: 1)
    let map = values.converted(to: type).contiguous(.channelsLast)
    return map
  }

  /// The values of a function of a map and the gradient at the map, for the same gradient of the result.
  private func passes(_ map: Tensor, _ function: (Tensor) -> Tensor) -> [[Float]] {
    map.setRequiresGradient(true)
    map.clearGradient()
    let result = function(map)
    (result * result).sum().backward()
    return [result.array(), map.gradient!.array()]
  }

  @Test(
    arguments: [ScalarType.float32, .bfloat16], [(75, true), (75, false), (38, false), (1, true)])
  func poolingEqualsReluAndPooling(type: ScalarType, map: (size: Int, roundsUp: Bool)) {
    let input = self.map([2, 40, map.size, map.size], type: type, seed: 1)
    let fused = passes(input) { $0.rectifiedAndPooled(roundsUp: map.roundsUp) }
    let apart = passes(input) { $0.rectified().maxPooled(2, stride: 2, roundsUp: map.roundsUp) }
    #expect(fused == apart)
  }

  @Test func poolingPassesOnWhatIsNotANumber() {
    let input = map([1, 16, 4, 4], type: .bfloat16, seed: 2)
    input.sliced(0..<1, along: 2).assign(Tensor.full([], value: .nan))
    let pooled = input.rectifiedAndPooled().converted(to: .float32)
    let apart = input.rectified().maxPooled(2, stride: 2).converted(to: .float32)
    #expect(pooled.array(of: Float.self).map(\.isNaN) == apart.array(of: Float.self).map(\.isNaN))
  }

  @Test(arguments: [1, 2], [1, 6])
  func convolutionEqualsConvolutionAndRelu(stride: Int, dilation: Int) {
    let layer = Conv2d(24, 40, kernelSize: 3, stride: stride, padding: dilation, dilation: dilation)
    Initialization.heUniform(layer.weight.tensor)
    layer.bias.tensor.fillNormal(deviation: 0.1)
    let input = map([2, 24, 20, 20], type: .float32, seed: 3)
    var results: [[[Float]]] = []
    for function in [{ layer.rectified($0) }, { layer($0).rectified() }] as [(Tensor) -> Tensor] {
      let passes = withAutocast(.bfloat16) {
        self.passes(input) { function($0).converted(to: .float32) }
      }
      results.append(
        passes + [layer.weight, layer.bias].map { $0.tensor.gradient!.array() })
      for parameter in [layer.weight, layer.bias] { parameter.tensor.clearGradient() }
    }
    #expect(results[0] == results[1])
  }

  @Test func aGradientThatOthersStillReadIsNotOverwritten() {
    // The sum's gradient is one number seen at every place, and the result is used twice.
    let layer = Conv2d(16, 16, kernelSize: 1)
    Initialization.heUniform(layer.weight.tensor)
    let input = map([1, 16, 8, 8], type: .float32, seed: 4)
    let fused = withAutocast(.bfloat16) {
      passes(input) {
        let map = layer.rectified($0).converted(to: .float32); return map + map.mean()
      }
    }
    let apart = withAutocast(.bfloat16) {
      passes(input) {
        let map = layer($0).rectified().converted(to: .float32)
        return map + map.mean()
      }
    }
    #expect(fused == apart)
  }

  @Test func normalisationAgreesWithItsDefinition() {
    let factors = map([1, 24, 1, 1], type: .float32, seed: 5)
    let input = map([2, 24, 9, 9], type: .bfloat16, seed: 6)
    var results: [[[Float]]] = []
    let functions: [(Tensor) -> Tensor] = [
      { $0.normalizedChannels(times: factors, epsilon: 1e-10).converted(to: .float32) },
      {
        let values = $0.converted(to: .float32)
        let length = ((values * values).sum(along: [1], keepingDimensions: true) + 1e-10)
          .squareRoot()
        return values / length * factors
      },
    ]
    for function in functions {
      factors.setRequiresGradient(true)
      factors.clearGradient()
      results.append(passes(input, function) + [factors.gradient!.array()])
    }
    for (fused, apart) in zip(results[0], results[1]) {
      // bfloat16 has 8 bits.
      let largest = apart.map(abs).max()!
      #expect(zip(fused, apart).allSatisfy { abs($0 - $1) <= largest / 128 })
    }
  }
}
