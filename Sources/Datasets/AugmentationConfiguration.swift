/// How training pictures are varied: the paper's data augmentation (section 2.2 and 3.6, and the
/// tutorial's "Data Transforms"), every number a setting.
public struct AugmentationConfiguration: Hashable, Sendable, Codable {
  /// The chance of each photometric distortion; 0 switches them off.
  public var distortionProbability: Double
  /// Factors of brightness.
  public var brightness: ClosedRange<Double>
  /// Factors of contrast.
  public var contrast: ClosedRange<Double>
  /// Factors of saturation.
  public var saturation: ClosedRange<Double>
  /// The largest rotation of the hue, in turns of the colour circle.
  public var maximumHueRotation: Double

  /// The chance that the picture is laid on a larger canvas of the mean colour.
  public var zoomOutProbability: Double
  /// The largest factor of that canvas's sides over the picture's.
  public var maximumZoomOut: Double

  /// Whether random parts of the picture are cut out.
  public var crops: Bool
  /// Overlaps of which one is drawn; at least one object has to overlap the part as much.
  public var cropMinimumOverlaps: [Double]
  /// Whether not to crop is one choice among the overlaps.
  public var cropMayKeepWhole: Bool
  /// The smallest side of the part as a fraction of the picture's side.
  public var cropMinimumScale: Double
  /// Limits of the part's height over its width, both excluded.
  public var cropAspectRatios: ClosedRange<Double>
  /// Tries before another overlap is drawn.
  public var cropAttempts: Int

  /// The chance of being mirrored left to right.
  public var mirrorProbability: Double
  /// The chance of being turned upside down, which suits pictures without an upright direction.
  public var verticalFlipProbability: Double

  /// The paper's settings, but for those given.
  public init(
    distortionProbability: Double = 0.5, brightness: ClosedRange<Double> = 0.5...1.5,
    contrast: ClosedRange<Double> = 0.5...1.5, saturation: ClosedRange<Double> = 0.5...1.5,
    maximumHueRotation: Double = 18.0 / 255, zoomOutProbability: Double = 0.5,
    maximumZoomOut: Double = 4, crops: Bool = true,
    cropMinimumOverlaps: [Double] = [0, 0.1, 0.3, 0.5, 0.7, 0.9], cropMayKeepWhole: Bool = true,
    cropMinimumScale: Double = 0.3, cropAspectRatios: ClosedRange<Double> = 0.5...2,
    cropAttempts: Int = 50, mirrorProbability: Double = 0.5, verticalFlipProbability: Double = 0
  ) {
    self.distortionProbability = distortionProbability
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.maximumHueRotation = maximumHueRotation
    self.zoomOutProbability = zoomOutProbability
    self.maximumZoomOut = maximumZoomOut
    self.crops = crops
    self.cropMinimumOverlaps = cropMinimumOverlaps
    self.cropMayKeepWhole = cropMayKeepWhole
    self.cropMinimumScale = cropMinimumScale
    self.cropAspectRatios = cropAspectRatios
    self.cropAttempts = cropAttempts
    self.mirrorProbability = mirrorProbability
    self.verticalFlipProbability = verticalFlipProbability
  }

  /// The paper's and the tutorial's augmentation.
  public static let standard = AugmentationConfiguration()

  /// Nothing but resizing: for evaluation.
  public static let none = AugmentationConfiguration(
    distortionProbability: 0, zoomOutProbability: 0, crops: false, mirrorProbability: 0)
}

extension AugmentationConfiguration {
  /// Reads a recipe's settings; what it leaves out is as in ``standard``.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(
      _ key: CodingKeys, _ setting: WritableKeyPath<Self, Value>, into result: inout Self
    ) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) {
        result[keyPath: setting] = value
      }
    }
    var result = Self.standard
    try read(.distortionProbability, \.distortionProbability, into: &result)
    try read(.brightness, \.brightness, into: &result)
    try read(.contrast, \.contrast, into: &result)
    try read(.saturation, \.saturation, into: &result)
    try read(.maximumHueRotation, \.maximumHueRotation, into: &result)
    try read(.zoomOutProbability, \.zoomOutProbability, into: &result)
    try read(.maximumZoomOut, \.maximumZoomOut, into: &result)
    try read(.crops, \.crops, into: &result)
    try read(.cropMinimumOverlaps, \.cropMinimumOverlaps, into: &result)
    try read(.cropMayKeepWhole, \.cropMayKeepWhole, into: &result)
    try read(.cropMinimumScale, \.cropMinimumScale, into: &result)
    try read(.cropAspectRatios, \.cropAspectRatios, into: &result)
    try read(.cropAttempts, \.cropAttempts, into: &result)
    try read(.mirrorProbability, \.mirrorProbability, into: &result)
    try read(.verticalFlipProbability, \.verticalFlipProbability, into: &result)
    self = result
  }
}
