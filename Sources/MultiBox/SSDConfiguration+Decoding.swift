extension SSDConfiguration {
  /// Reads a configuration as it was saved in a checkpoint. Files from before ``priorClipping`` say
  /// only whether priors are clipped.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      imageSize: try values.decode(Int.self, forKey: .imageSize),
      classes: try values.decode(ClassList.self, forKey: .classes),
      base: try values.decode(BaseNetwork.self, forKey: .base),
      auxiliary: try values.decode([AuxiliaryBlock].self, forKey: .auxiliary),
      featureMaps: try values.decode([FeatureMap].self, forKey: .featureMaps),
      variances: try values.decode(Variances.self, forKey: .variances),
      normalization: try values.decode(PixelNormalization.self, forKey: .normalization),
      loss: try values.decode(LossConfiguration.self, forKey: .loss))
    if let clipping = try values.decodeIfPresent(PriorClipping.self, forKey: .priorClipping) {
      priorClipping = clipping
    } else {
      clipsPriors = try decoder.container(keyedBy: FormerKeys.self).decode(
        Bool.self, forKey: .clipsPriors)
    }
  }

  enum CodingKeys: String, CodingKey {
    case name, imageSize, classes, base, auxiliary, featureMaps, priorClipping, variances
    case normalization, loss
  }

  private enum FormerKeys: String, CodingKey {
    case clipsPriors
  }
}
