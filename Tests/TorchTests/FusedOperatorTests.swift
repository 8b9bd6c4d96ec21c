import Inference
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
    layer.bias?.tensor.fillNormal(deviation: 0.1)
    let input = map([2, 24, 20, 20], type: .float32, seed: 3)
    var results: [[[Float]]] = []
    for function in [{ layer.rectified($0) }, { layer($0).rectified() }] as [(Tensor) -> Tensor] {
      let passes = withAutocast(.bfloat16) {
        self.passes(input) { function($0).converted(to: .float32) }
      }
      results.append(
        passes + [layer.weight, layer.bias!].map { $0.tensor.gradient!.array() })
      for parameter in [layer.weight, layer.bias!] { parameter.tensor.clearGradient() }
    }
    #expect(results[0] == results[1])
  }

  /// Shapes that detection's kernels compute where the processor has bfloat16: whole last tiles and
  /// others, a map smaller than a tile.
  @Test(
    arguments: [(64, 96, 38), (96, 64, 19), (256, 128, 10), (64, 64, 1)],
    [MemoryFormat.contiguous, .channelsLast])
  func fastConvolutionsRoundLittleMoreThanDirectOnes(
    layer: (inputs: Int, outputs: Int, size: Int), weightFormat: MemoryFormat
  ) {
    let input = map([3, layer.inputs, layer.size, layer.size], type: .float32, seed: 7)
    let weight = map([layer.outputs, layer.inputs, 3, 3], type: .float32, seed: 8)
      .contiguous(weightFormat)
    let bias = map([1, layer.outputs, 1, 1], type: .float32, seed: 9)
    let flatBias = Tensor(bias.array(of: Float.self), shape: [layer.outputs])
    let target = map([3, layer.outputs, layer.size, layer.size], type: .float32, seed: 10)

    /// The output, and the gradients of input and weight for a gradient that does not depend on them.
    func passes(_ convolve: (Tensor, Tensor) -> Tensor) -> [[Float]] {
      for value in [input, weight] {
        value.setRequiresGradient(true)
        value.clearGradient()
      }
      let result = convolve(input, weight).converted(to: .float32)
      (result * target).sum().backward()
      return [result.array()] + [input, weight].map { $0.gradient!.array() }
    }
    let exact = passes { $0.convolved($1, bias: flatBias, padding: 1) }
    let fast = withAutocast(.bfloat16) {
      passes { $0.convolved($1, bias: flatBias, padding: 1) }
    }
    // Without a bias it is libtorch's own operator.
    let direct = withAutocast(.bfloat16) {
      passes { $0.convolved($1, bias: nil, padding: 1) + bias }
    }
    for ((exact, fast), direct) in zip(zip(exact, fast), direct) {
      #expect(relativeError(fast, exact) < 1.75 * relativeError(direct, exact))
    }
  }

  /// The Euclidean distance as a share of the length.
  private func relativeError(_ values: [Float], _ exact: [Float]) -> Float {
    let squares = zip(values, exact).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / exact.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  @Test(
    .enabled(if: InstructionSet.avx512BF16.isAvailable, "elsewhere oneDNN's ReLU hides it"),
    arguments: [Float.nan, .infinity], [true, false])
  func whatIsNotANumberIsSeen(value: Float, inWeights: Bool) {
    let layer = Conv2d(64, 64, kernelSize: 3, padding: 1)
    Initialization.heUniform(layer.weight.tensor)
    let input = map([1, 64, 6, 6], type: .float32, seed: 11)
    (inWeights ? layer.weight.tensor : input).sliced(0..<1, along: 1).assign(
      Tensor.full([], value: Double(value)))
    let result = withAutocast(.bfloat16) { layer.rectified(input).converted(to: .float32) }
    #expect(result.array(of: Float.self).contains { !$0.isFinite })
  }

  @Test func anOutputThatIsNotANumberLeavesTheOthersAsTheyAre() {
    let layer = Conv2d(64, 64, kernelSize: 3, padding: 1)
    Initialization.heUniform(layer.weight.tensor)
    let input = map([1, 64, 6, 6], type: .float32, seed: 12)
    func others() -> [Float] {
      withAutocast(.bfloat16) { layer(input).converted(to: .float32) }
        .sliced(1..<64, along: 1).contiguous().array()
    }
    let before = others()
    layer.weight.tensor.sliced(0..<1, along: 0).assign(Tensor.full([], value: .nan))
    let after = others()
    #expect(after.contains { $0 < 0 })
    #expect(relativeError(after, before) < 0.01)
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
