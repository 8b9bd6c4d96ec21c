/// The prior boxes (the paper's default boxes, elsewhere called anchors): the fixed boxes that
/// predictions start from.
///
/// They are in the order of the predictions: map by map, row by row, position by position, ratio by
/// ratio.
///
/// ```swift
/// let priors = PriorBoxes(.ssd300(classes: .voc))  // 8732 of them
/// ```
public struct PriorBoxes: Sendable {
  /// The priors by center and size, in fractional coordinates.
  public let centerSize: [CenterSizeBox]
  /// The same priors by their boundaries, in fractional coordinates.
  public let boundary: [BoundingBox]
  /// The divisors that offsets from these priors are encoded with.
  public let variances: Variances

  /// The number of priors.
  public var count: Int { centerSize.count }

  /// Lays out the priors of a configuration (paper, section 2.2).
  public init(_ configuration: SSDConfiguration) {
    var centerSize: [CenterSizeBox] = []
    centerSize.reserveCapacity(configuration.priorCount)
    for map in configuration.featureMaps {
      let shapes = map.priorShapes.map { width, height in
        configuration.limitsPriorSizes ? (min(width, 1), min(height, 1)) : (width, height)
      }
      let step = map.step.map { $0 / Double(configuration.imageSize) } ?? 1 / Double(map.size)
      func center(_ position: Int) -> Float {
        let center = Float((Double(position) + 0.5) * step)
        return configuration.limitsPriorCenters ? min(center, 1) : center
      }
      for row in 0..<map.size {
        for column in 0..<map.size {
          for (width, height) in shapes {
            centerSize.append(
              CenterSizeBox(
                centerX: center(column), centerY: center(row),
                width: Float(width), height: Float(height)))
          }
        }
      }
    }
    let boundary = centerSize.map(BoundingBox.init)
    if configuration.clipsPriors {
      self.boundary = boundary.map(\.clipped)
      self.centerSize = self.boundary.map(CenterSizeBox.init)
    } else {
      self.boundary = boundary
      self.centerSize = centerSize
    }
    variances = configuration.variances
  }
}

extension FeatureMap {
  /// The widths and heights of the priors at each position, as fractions of the image, in the order of
  /// the predictions and before any limit.
  ///
  /// A prior of scale s and ratio a has the area of a square of side s: its width is s times the
  /// root of a, its height s divided by it.
  public var priorShapes: [(width: Double, height: Double)] {
    aspectRatios.flatMap { ratio -> [(width: Double, height: Double)] in
      let root = ratio.squareRoot()
      let shape = (width: scale * root, height: scale / root)
      guard ratio == 1, let extraScale else { return [shape] }
      return [shape, (extraScale, extraScale)]
    }
  }
}
