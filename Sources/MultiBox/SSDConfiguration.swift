/// A network described as data: everything that the paper and its implementations leave to code.
///
/// A configuration is saved in every checkpoint, and rebuilding a model needs nothing else.
public struct SSDConfiguration: Hashable, Sendable, Codable {
  /// The preset it started from, such as `ssd300`.
  public var name: String
  /// Width and height of the network's input in pixels.
  public var imageSize: Int
  /// The object classes, without background.
  public var classes: ClassList
  /// The base network.
  public var base: BaseNetwork
  /// The blocks above the base, from large maps to small ones.
  public var auxiliary: [AuxiliaryBlock]
  /// The maps that boxes are predicted from, in the order of the predictions.
  public var featureMaps: [FeatureMap]
  /// Whether priors are cut off at the image's edge.
  public var clipsPriors: Bool
  /// Whether a prior that is wider or higher than the image is made as wide or high as the image,
  /// around its own centre, before anything is cut off. The tutorial and torchvision do so, the
  /// authors' Caffe code does not.
  public var limitsPriorSizes: Bool
  /// Whether a prior whose centre lies outside the image is moved onto its edge. ssd.pytorch and
  /// lufficc's SSD do so; the fixed steps of their conv8_2 leave the image by a hundredth.
  public var limitsPriorCenters: Bool
  /// The divisors of encoded offsets.
  public var variances: Variances
  /// What is done to pixel values before the first layer.
  public var normalization: PixelNormalization
  /// How predictions are compared with the truth.
  public var loss: LossConfiguration

  /// A configuration from all its parts; ``preset(named:classes:)`` knows the usual ones.
  public init(
    name: String, imageSize: Int, classes: ClassList, base: BaseNetwork,
    auxiliary: [AuxiliaryBlock], featureMaps: [FeatureMap], clipsPriors: Bool = true,
    limitsPriorSizes: Bool = true, limitsPriorCenters: Bool = false, variances: Variances = .init(),
    normalization: PixelNormalization = .imageNet,
    loss: LossConfiguration = .init()
  ) {
    self.name = name
    self.imageSize = imageSize
    self.classes = classes
    self.base = base
    self.auxiliary = auxiliary
    self.featureMaps = featureMaps
    self.clipsPriors = clipsPriors
    self.limitsPriorSizes = limitsPriorSizes
    self.limitsPriorCenters = limitsPriorCenters
    self.variances = variances
    self.normalization = normalization
    self.loss = loss
  }

  /// Columns of the class scores: the classes and background.
  public var scoreCount: Int { classes.count + 1 }
}

/// VGG-16, whole or thinned out.
public struct BaseNetwork: Hashable, Sendable, Codable {
  /// Channels of the five convolution blocks; in the paper 64, 128, 256, 512 and 512.
  public var blockChannels: [Int]
  /// Channels of conv6 and conv7; in the paper 1024.
  public var convolutionalChannels: Int
  /// Whether a batch normalisation follows every convolution of the base and the auxiliary blocks.
  public var hasBatchNormalization: Bool

  /// A base of that size; the paper's VGG-16, unless told otherwise.
  public init(
    blockChannels: [Int] = [64, 128, 256, 512, 512], convolutionalChannels: Int = 1024,
    hasBatchNormalization: Bool = false
  ) {
    self.blockChannels = blockChannels
    self.convolutionalChannels = convolutionalChannels
    self.hasBatchNormalization = hasBatchNormalization
  }
}

/// Two convolutions that make the next smaller map: 1x1 to fewer channels, then a larger kernel.
public struct AuxiliaryBlock: Hashable, Sendable, Codable {
  /// Such as `conv8`: the layers are `conv8_1` and `conv8_2`.
  public var name: String
  /// That the first convolution, 1x1, gives.
  public var bottleneckChannels: Int
  /// That the second convolution gives: the map's.
  public var channels: Int
  /// Of the second convolution.
  public var kernelSize: Int
  /// Of the second convolution.
  public var stride: Int
  /// Of the second convolution, on every side.
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

/// A map that boxes are predicted from, and the priors at each of its positions.
public struct FeatureMap: Hashable, Sendable, Codable {
  /// The layer it comes from, such as `conv4_3`.
  public var name: String
  /// Width and height in positions.
  public var size: Int
  /// The side of the square prior, as a fraction of the image.
  public var scale: Double
  /// The side of the extra square prior, or nil for none; in the paper the geometric mean of this
  /// map's scale and the next one's.
  public var extraScale: Double?
  /// Width over height of each prior, in the order of the predictions. The extra prior comes
  /// directly after the ratio 1.
  public var aspectRatios: [Double]
  /// The distance of neighbouring priors in pixels, when it is not `imageSize / size`. The
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

  /// How many priors stand at each position.
  public var priorsPerPosition: Int { aspectRatios.count + (extraScale == nil ? 0 : 1) }

  /// How many priors the whole map has.
  public var priorCount: Int { size * size * priorsPerPosition }
}

/// What happens to a pixel: `(value * scale - mean) / deviation`, where `value` is 0...255 and the
/// channels are red, green and blue.
public struct PixelNormalization: Hashable, Sendable, Codable {
  /// What a value is multiplied by first.
  public var scale: Float
  /// What is subtracted then: red, green, blue.
  public var mean: [Float]
  /// What the difference is divided by: red, green, blue.
  public var deviation: [Float]

  /// A normalisation; `mean` and `deviation` in the order red, green, blue.
  public init(scale: Float, mean: [Float], deviation: [Float]) {
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
  }

  /// Mean and standard deviation of ImageNet's images in 0...1: what torchvision's VGG-16 expects.
  public static let imageNet = PixelNormalization(
    scale: 1 / 255, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// 0...255 minus the mean that the authors' Caffe VGG-16 was trained with.
  public static let caffe = PixelNormalization(
    scale: 1, mean: [123, 117, 104], deviation: [1, 1, 1])

  /// The byte values of a neutral pixel (the mean), for padding before normalisation.
  public var meanPixel: (red: UInt8, green: UInt8, blue: UInt8) {
    func byte(_ channel: Int) -> UInt8 {
      UInt8(min(max((mean[channel] / scale).rounded(), 0), 255))
    }
    return (byte(0), byte(1), byte(2))
  }
}

/// The choices that the multibox loss leaves open.
public struct LossConfiguration: Hashable, Sendable, Codable {
  /// How the best prior of each object is forced to be positive.
  public enum ForcedMatch: String, Sendable, Codable, CaseIterable {
    /// Greedy by overlap, no prior twice, so that every object owns one (the authors' Caffe code).
    case greedy
    /// Each object takes its best prior; where two want the same, the later object has it (the
    /// tutorial).
    case laterObjectWins
  }

  /// The distance between predicted and true offsets.
  public enum Localization: String, Sendable, Codable, CaseIterable {
    case smoothL1
    case l1
  }

  /// A prior is positive from this Jaccard overlap on.
  public var overlapThreshold: Float
  /// Hard negatives for each positive of an image.
  public var negativesPerPositive: Int
  /// The weight of the localization loss (alpha in the paper).
  public var localizationWeight: Float
  /// The distance between predicted and true offsets.
  public var localization: Localization
  /// Whether the four coordinates of a positive are averaged (the tutorial's code) instead of
  /// summed (paper, Caffe, torchvision).
  public var averagesCoordinates: Bool
  /// How each object gets a prior of its own.
  public var forcedMatch: ForcedMatch

  /// The paper's loss, unless told otherwise.
  public init(
    overlapThreshold: Float = 0.5, negativesPerPositive: Int = 3, localizationWeight: Float = 1,
    localization: Localization = .smoothL1, averagesCoordinates: Bool = false,
    forcedMatch: ForcedMatch = .greedy
  ) {
    self.overlapThreshold = overlapThreshold
    self.negativesPerPositive = negativesPerPositive
    self.localizationWeight = localizationWeight
    self.localization = localization
    self.averagesCoordinates = averagesCoordinates
    self.forcedMatch = forcedMatch
  }
}
