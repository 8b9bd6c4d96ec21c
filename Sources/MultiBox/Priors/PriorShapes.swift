/// The shapes of the priors (default boxes, anchors) at each position of a map: what one changes to
/// fit them to one's own objects.
public struct PriorShapes: Hashable, Sendable, Codable {
  /// The map's name, such as `conv4_3`.
  public var map: String
  /// The side of the square prior, as a fraction of the image.
  public var scale: Double
  /// The side of the extra square prior, or nil for none.
  public var extraScale: Double?
  /// Width over height of each prior but the extra one.
  public var aspectRatios: [Double]

  /// The shapes of a map's priors.
  public init(map: String, scale: Double, extraScale: Double?, aspectRatios: [Double]) {
    self.map = map
    self.scale = scale
    self.extraScale = extraScale
    self.aspectRatios = aspectRatios
  }
}

extension SSDConfiguration {
  /// The priors' shapes, map by map.
  public var priorShapes: [PriorShapes] {
    featureMaps.map {
      PriorShapes(
        map: $0.name, scale: $0.scale, extraScale: $0.extraScale, aspectRatios: $0.aspectRatios)
    }
  }

  /// The same network with priors of other shapes. Their number decides how many channels its
  /// predictions have.
  ///
  /// - Parameter shapes: the shapes for every map, in the order of the maps.
  /// - Throws: ``PriorShapesError`` when the maps are others or a size is not positive.
  public func withPriors(_ shapes: [PriorShapes]) throws(PriorShapesError) -> SSDConfiguration {
    guard shapes.map(\.map) == featureMaps.map(\.name) else {
      throw .otherMaps(found: shapes.map(\.map), wanted: featureMaps.map(\.name))
    }
    var result = self
    for (index, shape) in shapes.enumerated() {
      let lengths = [shape.scale, shape.extraScale ?? shape.scale] + shape.aspectRatios
      guard lengths.allSatisfy({ $0 > 0 && $0.isFinite }), !shape.aspectRatios.isEmpty else {
        throw .impossible(map: shape.map)
      }
      result.featureMaps[index].scale = shape.scale
      result.featureMaps[index].extraScale = shape.extraScale
      result.featureMaps[index].aspectRatios = shape.aspectRatios
    }
    return result
  }
}

/// A reason why priors do not fit a network.
public enum PriorShapesError: Error, CustomStringConvertible {
  /// The shapes are for other maps.
  case otherMaps(found: [String], wanted: [String])
  /// A map has no shape, or one without a positive size.
  case impossible(map: String)

  /// A sentence that says what is wrong.
  public var description: String {
    switch self {
    case .otherMaps(let found, let wanted):
      """
      the priors are for the maps \(found.joined(separator: ", ")), the network has \
      \(wanted.joined(separator: ", "))
      """
    case .impossible(let map): "the priors of \(map) need a ratio, and sizes above zero"
    }
  }
}
