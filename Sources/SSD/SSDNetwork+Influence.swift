import Torch

extension SSDNetwork {
  /// How strongly the middle position of every feature map depends on each pixel of the image: the
  /// magnitude of the gradient, averaged over random directions in the map's channels and over random
  /// images (Luo et al., "Understanding the effective receptive field", 2016).
  ///
  /// Draws from libtorch's generator.
  ///
  /// - Parameter imageCount: of how many images the mean is taken.
  /// - Returns: the maps' names and, for each, (size, size) magnitudes, row-major.
  public func influences(imageCount: Int = 2) -> [(map: String, values: [Float])] {
    let size = configuration.imageSize
    let images = Tensor.zeros([imageCount, 3, size, size])
    images.fillNormal(deviation: 1)
    images.setRequiresGradient(true)
    return configuration.featureMaps.enumerated().map { index, map in
      let features = featureMaps(images)[index]
      let middle = features.selected(map.size / 2, along: 2).selected(map.size / 2, along: 2)
      let directions = Tensor.zeros(middle.shape)
      directions.fillNormal(deviation: 1)
      (middle * directions).sum().backward()
      defer { images.clearGradient() }
      let magnitudes = images.gradient?.magnitude().sum(along: [0, 1])
      return (map.name, magnitudes?.array() ?? [])
    }
  }
}
