/// The backbone: the network that turns an image into features, below SSD's own layers.
///
/// The package's own backbones are builders with a few parameters, which is what files store of them. A
/// network of somebody's own is a list of layers, and files store the list.
public enum BaseNetwork: Hashable, Sendable {
  /// VGG-16, as in the paper, with batch normalization, or thinned out.
  case vgg16(VGG16)
  /// A residual network up to conv4.
  case resNet(ResNet)
  /// Layers that somebody described; see ``LayerList``.
  case layers([NetworkLayer])

  /// The layers in the order of computation, all of the part ``NetworkLayer/Part/base`` except where a
  /// list of somebody's own says otherwise.
  public var layers: [NetworkLayer] {
    switch self {
    case .vgg16(let network): network.layers
    case .resNet(let network): network.layers
    case .layers(let layers): layers
    }
  }

  /// The settings of VGG-16, or nil for another network. Assigning them makes the base a VGG-16.
  public var vgg16: VGG16? {
    get { if case .vgg16(let network) = self { network } else { nil } }
    set { if let newValue { self = .vgg16(newValue) } }
  }

  /// The layer that a feature map's boxes are predicted from: the one of its name, except for VGG-16's
  /// conv4_3, which is L2-normalized first.
  func predictionLayer(of featureMap: String) -> String {
    vgg16 != nil && featureMap == "conv4_3" ? VGG16.normalizedConv4 : featureMap
  }

  /// What the network is, in a few words, such as `VGG-16, channels 64, 128, 256, 512, 512, then 1024`.
  public var summary: String {
    switch self {
    case .vgg16(let network):
      "VGG-16, channels \(network.blockChannels.map { "\($0)" }.joined(separator: ", ")), "
        + "then \(network.convolutionalChannels)"
    case .resNet(let network): "ResNet-\(network.depth.rawValue)"
    case .layers(let layers):
      "a list of \(layers.count) layers, \(layers.count { $0.operation.convolution != nil }) of them "
        + "convolutions"
    }
  }

  /// Whether a batch normalization follows the convolutions.
  public var hasBatchNormalization: Bool {
    layers.contains { $0.operation.convolution?.normalization != nil }
  }
}

extension BaseNetwork: Codable {
  private enum CodingKeys: String, CodingKey { case blockChannels, resNet, layers }

  /// Reads a base as it was saved. VGG-16's settings stand without a name, as they did when there was no
  /// other base.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let network = try values.decodeIfPresent(ResNet.self, forKey: .resNet) {
      self = .resNet(network)
    } else if let layers = try values.decodeIfPresent([NetworkLayer].self, forKey: .layers) {
      self = .layers(layers)
    } else {
      self = .vgg16(try VGG16(from: decoder))
    }
  }

  /// Writes the builder's settings, or the list of layers.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .vgg16(let network): try network.encode(to: encoder)
    case .resNet(let network): try values.encode(network, forKey: .resNet)
    case .layers(let layers): try values.encode(layers, forKey: .layers)
    }
  }
}
