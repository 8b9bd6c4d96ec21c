/// VGG-16 (Simonyan and Zisserman, 2015) as SSD changes it, in the paper's width, with batch
/// normalization, or with fewer channels.
///
/// The changes are those of the SSD paper, section 3: pool3 rounds up, so that 75 becomes 38; pool5 is
/// 3 x 3 with stride 1; fc6 and fc7 become the convolutions conv6, atrous with a dilation of 6, and
/// conv7; conv4_3 is L2-normalized for its predictions.
public struct VGG16: Hashable, Sendable, Codable {
  /// The channels of the five convolution blocks; in the paper 64, 128, 256, 512 and 512.
  public var blockChannels: [Int]
  /// The channels of conv6 and conv7; in the paper 1024.
  public var convolutionalChannels: Int
  /// Whether a batch normalization follows every convolution.
  public var hasBatchNormalization: Bool

  /// A base of that size; the paper's, unless told otherwise.
  public init(
    blockChannels: [Int] = [64, 128, 256, 512, 512], convolutionalChannels: Int = 1024,
    hasBatchNormalization: Bool = false
  ) {
    self.blockChannels = blockChannels
    self.convolutionalChannels = convolutionalChannels
    self.hasBatchNormalization = hasBatchNormalization
  }

  /// The number of convolutions in each of the five blocks.
  public static let blockDepths = [2, 2, 3, 3, 3]
  /// The layer that conv4_3's boxes are predicted from.
  static let normalizedConv4 = "conv4_3_norm"

  /// The layers `conv1_1` to `conv7`, and `conv4_3_norm` beside them.
  public var layers: [NetworkLayer] {
    var layers = LayerList()
    func convolution(
      _ name: String, _ channels: Int, kernelSize: Int = 3, dilation: Int = 1
    ) -> Convolution {
      Convolution(
        channels: channels, kernelSize: kernelSize, dilation: dilation,
        normalization: hasBatchNormalization
          ? BatchNormalization(name: NetworkLayer.batchNormalizationName(for: name)) : nil)
    }
    for (index, (channels, depth)) in zip(blockChannels, Self.blockDepths).enumerated() {
      let block = index + 1
      for name in (1...depth).map({ "conv\(block)_\($0)" }) {
        layers.convolution(name, convolution(name, channels))
      }
      switch block {
      case 3: layers.maximumPooling("pool3", roundsUp: true)
      case 4:
        layers.l2Normalization(
          Self.normalizedConv4, L2Normalization(parameter: "rescale_factors"))
        layers.maximumPooling("pool4")
      case 5: layers.maximumPooling("pool5", kernelSize: 3, stride: 1, padding: 1)
      default: layers.maximumPooling("pool\(block)")
      }
    }
    layers.convolution("conv6", convolution("conv6", convolutionalChannels, dilation: 6))
    layers.convolution("conv7", convolution("conv7", convolutionalChannels, kernelSize: 1))
    return layers.layers
  }
}
