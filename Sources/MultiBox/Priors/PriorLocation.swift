/// The position of a prior (default box, anchor) in the order of the predictions: map, row, column
/// and shape.
public struct PriorLocation: Hashable, Sendable {
  /// The index of its map in the configuration's list.
  public var map: Int
  /// The row of its position, from the top.
  public var row: Int
  /// The column of its position, from the left.
  public var column: Int
  /// Its index among the priors of the position, in the order of ``FeatureMap/priorShapes``.
  public var shape: Int

  /// A position from its parts.
  public init(map: Int, row: Int, column: Int, shape: Int) {
    self.map = map
    self.row = row
    self.column = column
    self.shape = shape
  }
}

extension SSDConfiguration {
  /// The position of the prior with this index in the order of the predictions.
  /// - Precondition: the index is less than the number of priors.
  public func location(ofPrior index: Int) -> PriorLocation {
    var rest = index
    for (map, featureMap) in featureMaps.enumerated() {
      guard rest >= featureMap.priorCount else {
        let (position, shape) = rest.quotientAndRemainder(dividingBy: featureMap.priorsPerPosition)
        let (row, column) = position.quotientAndRemainder(dividingBy: featureMap.size)
        return PriorLocation(map: map, row: row, column: column, shape: shape)
      }
      rest -= featureMap.priorCount
    }
    preconditionFailure("there is no prior \(index)")
  }

  /// The index of a prior in the order of the predictions.
  public func index(of location: PriorLocation) -> Int {
    let map = featureMaps[location.map]
    let before = featureMaps[..<location.map].reduce(0) { $0 + $1.priorCount }
    return before + (location.row * map.size + location.column) * map.priorsPerPosition
      + location.shape
  }
}
