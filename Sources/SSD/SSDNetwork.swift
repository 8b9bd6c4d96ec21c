import MultiBox
import Torch

/// The Single Shot MultiBox Detector (Liu et al., 2016), built from its configuration.
///
/// Parameters bear the names of the best-known PyTorch implementation: `base.conv1_1.weight`,
/// `aux_convs.conv8_1.bias`, `pred_convs.loc_conv4_3.weight`, `rescale_factors`.
public final class SSDNetwork: Module {
  /// What the network was built from.
  public let configuration: SSDConfiguration
  private let base: VGG16Base
  private let auxConvs: AuxiliaryConvolutions
  private let predConvs: PredictionConvolutions
  /// One factor for each channel of the normalised conv4_3, (1, channels, 1, 1).
  private let rescaleFactors: Parameter

  /// What pixels are multiplied by and what is then added, by channel, on the network's device.
  private var pixelFactors: Tensor
  private var pixelShifts: Tensor

  /// How the maps lie in memory. Channels last is faster; results differ in the last bits.
  public var memoryFormat = MemoryFormat.channelsLast

  /// Where the network's weights are, and its images have to be.
  public private(set) var device = Device.cpu

  /// Builds the network with fresh weights, drawn from libtorch's generator.
  public init(_ configuration: SSDConfiguration) {
    self.configuration = configuration
    let conv4Channels = configuration.base.blockChannels[3]
    let conv7Channels = configuration.base.convolutionalChannels
    base = VGG16Base(configuration.base)
    auxConvs = AuxiliaryConvolutions(
      configuration.auxiliary, inputChannels: conv7Channels,
      hasBatchNormalization: configuration.base.hasBatchNormalization)
    predConvs = PredictionConvolutions(
      configuration,
      channels: [conv4Channels, conv7Channels] + configuration.auxiliary.map(\.channels))
    rescaleFactors = Parameter(Tensor.full([1, conv4Channels, 1, 1], value: 20))
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

  /// - Parameter images: normalised, (N, 3, size, size).
  /// - Returns: encoded offsets (N, priors, 4) and class scores before the softmax
  ///   (N, priors, classes + 1), both float32.
  public func callAsFunction(_ images: Tensor) -> (locations: Tensor, scores: Tensor) {
    predConvs(featureMaps(images))
  }

  /// The maps that boxes are predicted from, conv4_3 being normalised.
  ///
  /// - Parameter images: normalised, (N, 3, size, size).
  func featureMaps(_ images: Tensor) -> [Tensor] {
    let (conv4_3, conv7) = base(images.contiguous(memoryFormat))
    // Paper, section 3.1: conv4_3 has another scale than the maps above it. An all-zero column would be
    // divided by zero; 1e-10 is what the authors' Caffe layer adds.
    let rescaled = conv4_3.normalizedChannels(times: rescaleFactors.tensor, epsilon: 1e-10)
    return [rescaled, conv7] + auxConvs(conv7)
  }

  /// Whether batch normalisations use and update the batch's statistics.
  public var isTraining = false {
    didSet {
      for case let layer as BatchNorm2d in modules { layer.isTraining = isTraining }
    }
  }

  /// Pixels as the first layer wants them.
  ///
  /// - Parameter pixels: bytes on the network's device, (N, height, width, 3), red, green, blue.
  /// - Returns: float32, (N, 3, height, width), normalised, channels last in memory.
  public func normalized(_ pixels: Tensor) -> Tensor {
    let values = pixels.converted(to: .float32)
    return (values * pixelFactors + pixelShifts).permuted([0, 3, 1, 2])
  }
}
