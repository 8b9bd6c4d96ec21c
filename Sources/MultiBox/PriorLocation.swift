/// Where a prior stands in the order of the predictions.
public struct PriorLocation: Hashable, Sendable {
  /// The place of its map in the configuration's list.
  public var map: Int
  /// The row of its position, from the top.
  public var row: Int
  /// The column of its position, from the left.
  public var column: Int
  /// Its place among the priors of the position, in the order of ``FeatureMap/priorShapes``.
  public var shape: Int

  /// A place from its parts.
  public init(map: Int, row: Int, column: Int, shape: Int) {
    self.map = map
    self.row = row
    self.column = column
    self.shape = shape
  }
}

extension SSDConfiguration {
  /// Where the prior of an index stands.
  /// - Precondition: there are so many priors.
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
