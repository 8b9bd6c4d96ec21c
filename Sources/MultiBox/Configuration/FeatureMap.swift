/// Two convolutions that make the next smaller map: 1x1 to fewer channels, then a larger kernel.
public struct AuxiliaryBlock: Hashable, Sendable, Codable {
  /// The block's name, such as `conv8`: its layers are `conv8_1` and `conv8_2`.
  public var name: String
  /// The output channels of the first convolution, 1 x 1.
  public var bottleneckChannels: Int
  /// The output channels of the second convolution, which are the map's.
  public var channels: Int
  /// The rows and columns of the second convolution's kernel.
  public var kernelSize: Int
  /// The stride of the second convolution.
  public var stride: Int
  /// The padding of the second convolution on every side.
  public var padding: Int

  /// A block from the sizes of its layers.
  public init(
    name: String, bottleneckChannels: Int, channels: Int, kernelSize: Int = 3, stride: Int,
    padding: Int
  ) {
    self.name = name
    self.bottleneckChannels = bottleneckChannels
    self.channels = channels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
  }
}

/// A map that boxes are predicted from, and the priors (anchors, default boxes) at each of its positions.
public struct FeatureMap: Hashable, Sendable, Codable {
  /// The name of the layer that it comes from, such as `conv4_3`. Its predictions are called `loc_conv4_3`
  /// and `cl_conv4_3`.
  public var name: String
  /// The rows and columns of positions.
  public var size: Int
  /// The side of the square prior, as a fraction of the image.
  public var scale: Double
  /// The side of the extra square prior, or nil for none; in the paper the geometric mean of this
  /// map's scale and the next one's.
  public var extraScale: Double?
  /// Width over height of each prior, in the order of the predictions. The extra prior comes
  /// directly after the ratio 1.
  public var aspectRatios: [Double]
  /// The distance of neighboring priors in pixels, when it is not `imageSize / size`. The
  /// authors' Caffe code has 8, 16, 32, 64, 100 and 300.
  public var step: Double?

  /// A map and the priors at each of its positions.
  public init(
    name: String, size: Int, scale: Double, extraScale: Double?, aspectRatios: [Double],
    step: Double? = nil
  ) {
    self.name = name
    self.size = size
    self.scale = scale
    self.extraScale = extraScale
    self.aspectRatios = aspectRatios
    self.step = step
  }

  /// The number of priors at each position.
  public var priorsPerPosition: Int { aspectRatios.count + (extraScale == nil ? 0 : 1) }

  /// The number of priors of the whole map.
  public var priorCount: Int { size * size * priorsPerPosition }
}
