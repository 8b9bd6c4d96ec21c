import Foundation
import Inference
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

/// Both engines run the same description, whatever its sizes.
@Suite("The native engine and libtorch", .serialized)
struct EngineAgreementTests {
  private func agree(
    _ configuration: SSDConfiguration, precision: NativePredictor.Precision = .float32,
    instructionSet: InstructionSet? = nil, within tolerance: Float = 1e-4
  ) throws {
    let model = ImportedModel(randomWeightsFor: configuration)
    let image = GoldenBackbone.image(size: configuration.imageSize)
    let (offsets, logits) = try withoutGradients {
      try SSDNetwork(model)(
        Tensor(image, shape: [1, 3, configuration.imageSize, configuration.imageSize]))
    }
    let native = try NativePredictor(
      model, precision: precision, instructionSet: instructionSet ?? InstructionSet.chosen()
    ).predict(normalized: image, imageCount: 1)
    let errors = [
      relativeError(native.offsets, offsets.array(of: Float.self)),
      relativeError(native.logits, logits.array(of: Float.self)),
    ]
    #expect(
      errors.allSatisfy { $0 < tolerance },
      "\(configuration.name), \(configuration.imageSize) pixels: \(errors)")
  }

  /// The widest channels are never a multiple of a vector; the aspect ratios are no preset's.
  private func swept(size: Int, channels: [Int], hasBatchNormalization: Bool) throws
    -> SSDConfiguration
  {
    var configuration = SSDConfiguration.ssd300Tiny(classes: ClassList(["a", "b"]))
    configuration.base = .vgg16(
      VGG16(
        blockChannels: channels, convolutionalChannels: 2 * channels[4] + 1,
        hasBatchNormalization: hasBatchNormalization))
    configuration.featureMaps[0].aspectRatios = [1, 0.2, 5, 1.7, 0.61]
    configuration.featureMaps[1].extraScale = nil
    // Small images have no room for the last maps.
    while true {
      do {
        try configuration.setImageSize(size)
        return configuration
      } catch {
        configuration.featureMaps.removeLast()
        configuration.auxiliary.removeLast()
      }
    }
  }

  @Test(arguments: [64, 65, 97, 130, 161, 200, 255, 260, 300, 301, 321, 333, 450, 513, 640])
  func `agree on images of any size`(size: Int) throws {
    try agree(
      swept(size: size, channels: [8, 17, 20, 33, 40], hasBatchNormalization: size % 2 == 0))
  }

  @Test(arguments: [
    [3, 5, 7, 11, 13], [16, 32, 48, 64, 64], [1, 1, 1, 1, 1], [65, 66, 70, 72, 90],
  ])
  func `agree on any number of channels`(channels: [Int]) throws {
    try agree(swept(size: 227, channels: channels, hasBatchNormalization: false))
  }

  /// A network with every operation that a description knows.
  static let everything: SSDConfiguration = {
    var layers = LayerList()
    layers.convolution("stem", channels: 20, kernelSize: 5, stride: 2, isNormalized: true)
    layers.maximumPooling("pool", kernelSize: 3, stride: 2, padding: 1)
    let shortcut = layers.top
    layers.convolution("expand", channels: 40, kernelSize: 1, activation: .hardSwish)
    layers.convolution(
      "depthwise", channels: 40, padding: Padding(before: 0, after: 2), groups: 40,
      isNormalized: true, activation: .relu6)
    let excited = layers.top
    layers.globalAverage("average")
    layers.convolution("reduce", channels: 12, kernelSize: 1)
    layers.convolution("gates", channels: 40, kernelSize: 1, activation: .hardSigmoid)
    layers.channelScaling("excite", of: excited, by: "gates")
    layers.convolution("project", channels: 20, kernelSize: 1, activation: .none)
    layers.addition("sum", of: layers.top, and: shortcut, activation: .none)
    layers.l2Normalization("sum_norm")
    layers.convolution("groups", channels: 24, stride: 2, groups: 4, isNormalized: true)
    layers.convolution("fine", channels: 24)
    layers.maximumPooling("halves")
    layers.convolution("coarse", channels: 24, dilation: 2, activation: .hardSwish)
    func map(_ name: String, _ size: Int, _ scale: Double) -> FeatureMap {
      FeatureMap(name: name, size: size, scale: scale, extraScale: nil, aspectRatios: [1, 2, 0.5])
    }
    return SSDConfiguration(
      name: "everything", imageSize: 122, classes: ClassList(["a", "b", "c"]),
      base: .layers(layers.layers), auxiliary: [],
      featureMaps: [map("sum_norm", 31, 0.1), map("fine", 16, 0.3), map("coarse", 8, 0.6)])
  }()

  @Test(arguments: InstructionSet.available)
  func `agree on a network with every operation`(set: InstructionSet) throws {
    try agree(Self.everything, instructionSet: set)
    for precision in [NativePredictor.Precision.bfloat16] where set.supports(precision) {
      try agree(Self.everything, precision: precision, instructionSet: set, within: 6e-2)
    }
  }

  @Test func `a network of somebody's own is saved with its list, and opened again`() throws {
    Runtime.seed(1)
    let network = SSDNetwork(Self.everything)
    let images = Tensor(GoldenBackbone.image(size: 122), shape: [1, 3, 122, 122])
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "own.safetensors")
      try ModelFile.write(network, to: url)
      let opened = try SSDNetwork(contentsOf: url)
      #expect(opened.configuration == Self.everything)
      let (before, after) = withoutGradients { (network(images), opened(images)) }
      #expect(before.offsets.array(of: Float.self) == after.offsets.array(of: Float.self))
      #expect(before.logits.array(of: Float.self) == after.logits.array(of: Float.self))
      try ImportedModel(contentsOf: url).writeONNX(to: folder.appending(path: "own.onnx"))
    }
  }

  @Test func `training reaches every parameter of a network of somebody's own`() {
    Runtime.seed(2)
    let network = SSDNetwork(Self.everything)
    network.isTraining = true
    let images = Tensor.zeros([2, 3, 122, 122])
    images.fillNormal(deviation: 1)
    let (offsets, logits) = network(images)
    (offsets * offsets + logits.sum(along: [2]).unsqueezed(2)).sum().backward()
    for (name, parameter) in network.parameters {
      let gradient = parameter.gradient?.array(of: Float.self) ?? []
      #expect(gradient.contains { $0 != 0 }, "\(name)")
    }
  }
}
