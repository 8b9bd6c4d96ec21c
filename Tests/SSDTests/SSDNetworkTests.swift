import Foundation
import MultiBox
import SSD
import Testing
import TestSupport
import Torch
import Weights

@Suite("The SSD300 network")
struct SSDNetworkTests {
  @Test func hasExactlyTheParametersOfTheReference() throws {
    let expected =
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: resource("network_parameters.json"))) as! [[String: Any]]
    let network = SSDNetwork(.ssd300(classes: .voc))
    #expect(
      Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.tensor.shape) })
        == Dictionary(
          uniqueKeysWithValues: expected.map { ($0["name"] as! String, $0["shape"] as! [Int]) }))
  }

  @Test func computesWhatTheReferenceComputes() throws {
    let golden = try SafeTensors(contentsOf: resource("network_forward.safetensors"))
    let network = SSDNetwork(.ssd300(classes: .voc))
    try HashTensor.fill(network)
    let image = HashTensor.tensor([1, 3, 300, 300], layer: 777, factor: 2)
    let (locations, scores) = withoutGradients { network(image) }
    #expect(locations.shape == [1, 8732, 4])
    #expect(scores.shape == [1, 8732, 21])
    try expectClose(locations, golden.floats("locations"), relativeTo: 1e-4)
    try expectClose(scores, golden.floats("scores"), relativeTo: 1e-4)
  }

  /// Closeness in terms of the largest magnitude: single outputs pass through zero.
  private func expectClose(_ tensor: Tensor, _ expected: [Float], relativeTo tolerance: Float) {
    let values = tensor.array(of: Float.self)
    #expect(values.count == expected.count)
    let scale = expected.lazy.map(abs).max() ?? 0
    let worst = zip(values, expected).lazy.map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= tolerance * scale, "off by \(worst), at a scale of \(scale)")
  }

  @Test(arguments: SSDConfiguration.presetNames)
  func predictsOneRowForEveryPrior(preset: String) throws {
    let classes = ClassList(["cat", "dog"])
    let configuration = try #require(SSDConfiguration.preset(named: preset, classes: classes))
    let network = SSDNetwork(configuration)
    let size = configuration.imageSize
    let (locations, scores) = withoutGradients { network(Tensor.zeros([1, 3, size, size])) }
    let priors = PriorBoxes(configuration)
    #expect(locations.shape == [1, priors.count, 4])
    #expect(scores.shape == [1, priors.count, 3])
    #expect(locations.isFinite().converted(to: .float32).mean().scalar == 1)
  }

  @Test func normalizesWithTheMeanAndDeviationOfImageNet() {
    let network = SSDNetwork(.ssd300Tiny(classes: ClassList(["cat"])))
    let pixels = Tensor([255, 0, 51] as [UInt8], shape: [1, 1, 1, 3])
    let values = network.normalized(pixels)
    #expect(values.shape == [1, 3, 1, 1])
    let expected: [Float] = [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]
    for (value, expected) in zip(values.array(of: Float.self), expected) {
      #expect(abs(value - expected) < 1e-5)
    }
  }

  /// The length of a column of zeros is zero; dividing by it must not spread through the gradients.
  @Test func staysFiniteWhereConv4_3IsZero() {
    let network = SSDNetwork(.ssd300Tiny(classes: ClassList(["cat"])))
    for (_, parameter) in network.parameters { parameter.assign(Tensor.zeros(parameter.shape)) }
    let (locations, scores) = network(Tensor.zeros([1, 3, 300, 300]))
    (locations.sum() + scores.sum()).backward()
    for (name, parameter) in network.parameters {
      let isFinite = parameter.gradient?.isFinite().converted(to: .float32).mean().scalar
      #expect(isFinite == 1, "\(name)")
    }
  }
}
