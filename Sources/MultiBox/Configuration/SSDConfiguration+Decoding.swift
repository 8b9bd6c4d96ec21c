extension SSDConfiguration {
  /// Reads a configuration as it was saved in a checkpoint. Settings that older files do not know have
  /// the value that was the only one then.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      imageSize: try values.decode(Int.self, forKey: .imageSize),
      classes: try values.decode(ClassList.self, forKey: .classes),
      base: try values.decode(BaseNetwork.self, forKey: .base),
      auxiliary: try values.decode([AuxiliaryBlock].self, forKey: .auxiliary),
      featureMaps: try values.decode([FeatureMap].self, forKey: .featureMaps),
      clipsPriors: try values.decode(Bool.self, forKey: .clipsPriors),
      limitsPriorSizes: try values.decodeIfPresent(Bool.self, forKey: .limitsPriorSizes) ?? false,
      limitsPriorCenters: try values.decodeIfPresent(Bool.self, forKey: .limitsPriorCenters)
        ?? false,
      variances: try values.decode(Variances.self, forKey: .variances),
      normalization: try values.decode(PixelNormalization.self, forKey: .normalization),
      loss: try values.decode(LossConfiguration.self, forKey: .loss))
  }

  enum CodingKeys: String, CodingKey {
    case name, imageSize, classes, base, auxiliary, featureMaps
    case clipsPriors, limitsPriorSizes, limitsPriorCenters, variances, normalization, loss
  }
}
