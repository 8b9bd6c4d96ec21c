import MultiBox
import Torch

/// The operators that compute some layers of a network, in order: the network's description as a loop
/// for libtorch.
struct LayerProgram {
  /// One layer, with its parameters.
  struct Step {
    let operation: Operation
    /// The positions of the layers that it reads; nil is the image.
    let inputs: [Int?]
    /// The position of its output.
    let output: Int
    /// The positions of outputs that nothing reads after it.
    var released: [Int] = []
  }

  /// What a step computes.
  enum Operation {
    case convolution(Conv2d, BatchNorm2d?, Activation)
    /// A convolution, its batch normalization, ReLU, and the maximum of each 2 x 2 window at once.
    case pooledConvolution(Conv2d, BatchNorm2d?, roundsUp: Bool)
    case maximumPooling(MaximumPooling)
    case addition(Activation)
    case channelScaling(Activation)
    case globalAverage
    case l2Normalization(Parameter, epsilon: Double)
  }

  private var steps: [Step] = []
  private let wanted: [Int]
  private let layerCount: Int

  /// Plans the computation of some layers and of those that they depend on.
  ///
  /// - Parameters:
  ///   - wanted: the positions of the layers whose outputs are asked for.
  ///   - operation: a layer's operation with its parameters.
  init(_ graph: NetworkGraph, wanted: [Int], operation: (Int) -> Operation) {
    self.wanted = wanted
    layerCount = graph.layers.count
    var isNeeded = graph.layers.map { _ in false }
    for index in wanted { isNeeded[index] = true }
    for index in graph.layers.indices.reversed() where isNeeded[index] {
      for case let input? in graph.inputs[index] { isNeeded[input] = true }
    }
    let isWanted = Set(wanted)
    let readers = graph.readers.map { $0.filter { isNeeded[$0] } }
    var fusedPools: Set<Int> = []
    for index in graph.layers.indices where isNeeded[index] && !fusedPools.contains(index) {
      var operation = operation(index)
      var output = index
      if case .convolution(let convolution, let normalization, .relu) = operation,
        !isWanted.contains(index), readers[index].count == 1, let reader = readers[index].first,
        case .maximumPooling(let pooling) = graph.layers[reader].layer.operation,
        pooling.kernelSize == 2, pooling.stride == 2, pooling.padding == 0
      {
        operation = .pooledConvolution(
          convolution, normalization, roundsUp: pooling.roundsUp)
        output = reader
        fusedPools.insert(reader)
      }
      steps.append(Step(operation: operation, inputs: graph.inputs[index], output: output))
    }
    var isRead = isWanted
    for index in steps.indices.reversed() {
      for case let input? in steps[index].inputs where isRead.insert(input).inserted {
        steps[index].released.append(input)
      }
    }
  }

  /// Runs the steps.
  ///
  /// - Parameter images: normalized, (N, 3, size, size).
  /// - Returns: the wanted layers' outputs.
  func callAsFunction(_ images: Tensor) -> [Tensor] {
    var outputs = [Tensor?](repeating: nil, count: layerCount)
    for step in steps {
      // What a layer reads was computed before it: the graph is in the order of computation.
      let inputs = step.inputs.map { $0.map { outputs[$0]! } ?? images }
      outputs[step.output] = step.operation(inputs)
      for index in step.released { outputs[index] = nil }
    }
    return wanted.map { outputs[$0]! }
  }
}

extension LayerProgram.Operation {
  fileprivate func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    switch self {
    case .convolution(let convolution, nil, .relu): convolution.rectified(inputs[0])
    case .convolution(let convolution, nil, let activation):
      activation(convolution(inputs[0]))
    case .convolution(let convolution, let normalization?, let activation):
      activation(normalization(convolution(inputs[0])))
    case .pooledConvolution(let convolution, let normalization, let roundsUp):
      if let normalization {
        normalization(convolution(inputs[0])).rectifiedAndPooled(roundsUp: roundsUp)
      } else {
        convolution(inputs[0]).rectifiedAndPooled(roundsUp: roundsUp)
      }
    case .maximumPooling(let pooling): inputs[0].maxPooled(pooling)
    case .addition(let activation): activation(inputs[0] + inputs[1])
    case .channelScaling(let activation): activation(inputs[0] * inputs[1])
    case .globalAverage: inputs[0].globalAveragePooled()
    case .l2Normalization(let factors, let epsilon):
      inputs[0].normalizedChannels(times: factors.tensor, epsilon: epsilon)
    }
  }
}

extension Activation {
  /// Applies the activation to a fresh result that nothing else reads.
  fileprivate func callAsFunction(_ tensor: Tensor) -> Tensor {
    switch self {
    case .none: tensor
    case .relu: tensor.rectifiedInPlace()
    case .relu6: tensor.relu6()
    case .hardSwish: tensor.hardSwish()
    case .hardSigmoid: tensor.hardSigmoid()
    }
  }
}

extension Tensor {
  /// The maximum of each window. libtorch pads both ends alike; where they differ, the smallest float
  /// stands in for the padding that never is the maximum.
  fileprivate func maxPooled(_ pooling: MaximumPooling) -> Tensor {
    guard !pooling.padding.isSymmetric || 2 * pooling.padding.before > pooling.kernelSize else {
      return maxPooled(
        pooling.kernelSize, stride: pooling.stride, padding: pooling.padding.before,
        roundsUp: pooling.roundsUp)
    }
    return edgePadded(
      before: pooling.padding.before, after: pooling.padding.after,
      with: -Double(Float.greatestFiniteMagnitude)
    ).maxPooled(pooling.kernelSize, stride: pooling.stride, roundsUp: pooling.roundsUp)
  }
}
