import MultiBox
import Torch

/// The Single Shot MultiBox Detector (Liu et al., 2016), built from its configuration.
///
/// ```swift
/// let network = SSDNetwork(.ssd300(classes: .voc))
/// let (offsets, logits) = network(network.normalized(pixels))  // (N, 8732, 4), (N, 8732, 21)
/// ```
///
/// The layers are those of ``/MultiBox/SSDConfiguration/layers``, whatever they are. Parameters bear the
/// names of the best-known PyTorch implementation: `base.conv1_1.weight`, `aux_convs.conv8_1.bias`,
/// `pred_convs.loc_conv4_3.weight`, `rescale_factors`.
public final class SSDNetwork: Module {
  /// The configuration that the network was built from.
  public let configuration: SSDConfiguration
  private let base: NetworkPart
  private let auxConvs: NetworkPart
  private let predConvs: NetworkPart
  /// The factors of L2 normalizations whose parameters have names of their own.
  private let namedScales: [(name: String, parameter: Parameter)]
  /// Computes the feature maps that boxes are predicted from.
  private let features: LayerProgram
  /// Computes each feature map's offsets and then each one's logits.
  private let predictions: LayerProgram

  /// What pixels are multiplied by and what is then added, by channel, on the network's device.
  private var pixelFactors: Tensor
  private var pixelShifts: Tensor

  /// How the maps lie in memory. Channels last is faster; results differ in the last bits.
  public var memoryFormat = MemoryFormat.channelsLast

  /// Where the network's weights are, and its images have to be.
  public private(set) var device = Device.cpu

  /// Builds the network with fresh weights, drawn from libtorch's generator: the base's after He et al.,
  /// the others after Glorot and Bengio. Biases are zero.
  ///
  /// - Precondition: the configuration's layers fit together; see
  ///   ``/MultiBox/NetworkGraph/init(validating:)``.
  public init(_ configuration: SSDConfiguration) {
    self.configuration = configuration
    let graph = configuration.graph
    let heads = graph.predictions.map(\.offsets) + graph.predictions.map(\.logits)
    func layers(_ part: NetworkLayer.Part) -> [ResolvedLayer] {
      graph.layers.indices.filter { graph.layers[$0].part == part && !heads.contains($0) }
        .map { graph.layers[$0] }
    }
    let parts: [NetworkLayer.Part: NetworkPart] = [
      .base: NetworkPart(layers(.base), drawing: Initialization.heUniform),
      .auxiliary: NetworkPart(layers(.auxiliary), drawing: Initialization.xavierUniform),
      .prediction: NetworkPart(
        layers(.prediction) + heads.map { graph.layers[$0] },
        drawing: Initialization.xavierUniform),
    ]
    (base, auxConvs, predConvs) = (parts[.base]!, parts[.auxiliary]!, parts[.prediction]!)
    var scales: [String: Parameter] = [:]
    namedScales = graph.layers.compactMap { layer in
      guard case .l2Normalization(let normalization) = layer.layer.operation,
        let name = normalization.parameter
      else { return nil }
      let parameter = Parameter(
        Tensor.full([1, layer.outputChannels, 1, 1], value: normalization.initialScale))
      scales[name] = parameter
      return (name, parameter)
    }
    func operation(_ index: Int) -> LayerProgram.Operation {
      let layer = graph.layers[index]
      let part = parts[layer.part]!
      switch layer.layer.operation {
      case .convolution(let settings):
        let (convolution, normalization) = part.convolution(layer)
        return .convolution(convolution, normalization, settings.activation)
      case .maximumPooling(let pooling): return .maximumPooling(pooling)
      case .addition(let activation): return .addition(activation)
      case .channelScaling(let activation): return .channelScaling(activation)
      case .globalAverage: return .globalAverage
      case .l2Normalization(let normalization):
        let factors = normalization.parameter.flatMap { scales[$0] } ?? part.scale(layer)
        return .l2Normalization(factors, epsilon: normalization.epsilon)
      }
    }
    features = LayerProgram(
      graph, wanted: graph.predictions.map(\.source), operation: operation)
    predictions = LayerProgram(graph, wanted: heads, operation: operation)
    let rule = configuration.normalization
    pixelFactors = Tensor(rule.deviation.map { rule.scale / $0 })
    pixelShifts = Tensor(zip(rule.mean, rule.deviation).map { -$0 / $1 })
  }

  /// Moves the network to a device. Gradients are forgotten, and what was made from its weights before,
  /// such as an optimiser's momentum, stays where it is.
  ///
  /// - Precondition: the device is open (see ``/Torch/Device/open()``).
  public func move(to device: Device) {
    guard device != self.device else { return }
    // cuDNN would bring weights into that order at every use; oneDNN has one of its own.
    move(to: device, format: device == .cpu ? .contiguous : memoryFormat)
    pixelFactors = pixelFactors.moved(to: device)
    pixelShifts = pixelShifts.moved(to: device)
    self.device = device
  }

  /// Predicts for images.
  ///
  /// - Parameter images: normalized, (N, 3, size, size).
  /// - Returns: encoded offsets (N, priors, 4) and class logits, before the softmax,
  ///   (N, priors, classes + 1), in the order of ``/MultiBox/PriorBoxes``; both float32.
  public func callAsFunction(_ images: Tensor) -> (offsets: Tensor, logits: Tensor) {
    let outputs = predictions(images.contiguous(memoryFormat))
    func stacked(_ maps: ArraySlice<Tensor>, width: Int) -> Tensor {
      // (N, priors x width, H, W) -> (N, H x W x priors, width): position by position.
      Tensor.concatenated(
        maps.map { $0.permuted([0, 2, 3, 1]).reshaped([$0.shape[0], -1, width]) }, along: 1
      ).converted(to: .float32)
    }
    let count = configuration.featureMaps.count
    return (
      stacked(outputs[..<count], width: 4),
      stacked(outputs[count...], width: configuration.scoreCount)
    )
  }

  /// The maps that boxes are predicted from, in the order of the configuration's; VGG-16's conv4_3 is
  /// L2-normalized.
  ///
  /// - Parameter images: normalized, (N, 3, size, size).
  public func featureMaps(_ images: Tensor) -> [Tensor] {
    features(images.contiguous(memoryFormat))
  }

  /// The parts of the network, `base`, `aux_convs` and `pred_convs`, and the factors of L2
  /// normalizations that have names of their own.
  public var children: [(name: String, child: ModuleChild)] {
    [
      ("base", .module(base)), ("aux_convs", .module(auxConvs)),
      ("pred_convs", .module(predConvs)),
    ] + namedScales.map { ($0.name, .parameter($0.parameter.tensor)) }
  }

  /// Whether batch normalizations use and update the batch's statistics.
  public var isTraining = false {
    didSet {
      for case let layer as BatchNorm2d in modules { layer.isTraining = isTraining }
    }
  }

  /// Pixels as the first layer wants them.
  ///
  /// - Parameter pixels: bytes on the network's device, (N, height, width, 3), red, green, blue.
  /// - Returns: float32, (N, 3, height, width), normalized, channels last in memory.
  public func normalized(_ pixels: Tensor) -> Tensor {
    let values = pixels.converted(to: .float32)
    return (values * pixelFactors + pixelShifts).permuted([0, 3, 1, 2])
  }
}
