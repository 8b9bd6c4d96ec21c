/// A detector described as data: everything that the paper and its implementations leave to code.
///
/// A configuration is saved in every checkpoint, and rebuilding a model needs nothing else.
///
/// ```swift
/// let configuration = SSDConfiguration.ssd300(classes: .voc)
/// print(configuration.priorCount, configuration.graph.parameterCount)  // 8732 26285486
/// ```
public struct SSDConfiguration: Hashable, Sendable, Codable {
  /// The preset it started from, such as `ssd300`.
  public var name: String
  /// Width and height of the network's input in pixels.
  public var imageSize: Int
  /// The object classes, without background.
  public var classes: ClassList
  /// The base network (backbone).
  public var base: BaseNetwork
  /// The blocks on top of the base's last layer, from large maps to small ones.
  public var auxiliary: [AuxiliaryBlock]
  /// The maps that boxes are predicted from, in the order of the predictions.
  public var featureMaps: [FeatureMap]
  /// Whether priors are cut off at the image's edge.
  public var clipsPriors: Bool
  /// Whether a prior that is wider or higher than the image is made as wide or high as the image,
  /// around its own center, before anything is cut off. The tutorial and torchvision do so, the
  /// authors' Caffe code does not.
  public var limitsPriorSizes: Bool
  /// Whether a prior whose center lies outside the image is moved onto its edge. ssd.pytorch and
  /// lufficc's SSD do so; the fixed steps of their conv8_2 leave the image by a hundredth.
  public var limitsPriorCenters: Bool
  /// The divisors of encoded offsets.
  public var variances: Variances
  /// The normalization of pixel values before the first layer.
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

  /// The number of class logits of a prior: the classes and background.
  public var scoreCount: Int { classes.count + 1 }
}
