/// Assigns priors (default boxes, anchors) to objects (paper, section 2.2, "Matching strategy").
///
/// A prior is positive when its intersection over union (IoU) with an object reaches the threshold;
/// it then belongs to the object it overlaps most. The best prior of each object is positive in any
/// case.
public struct PriorMatcher: Sendable {
  private let priors: PriorBoxes
  private let iouThreshold: Float
  private let forcedMatch: LossConfiguration.ForcedMatch
  /// The priors' boundaries as separate arrays, which lets IoUs be computed many at a time.
  private let xMin: [Float]
  private let yMin: [Float]
  private let xMax: [Float]
  private let yMax: [Float]
  private let area: [Float]

  /// A matcher with the threshold and the forced match of `configuration`.
  public init(priors: PriorBoxes, configuration: LossConfiguration = .init()) {
    self.priors = priors
    iouThreshold = configuration.overlapThreshold
    forcedMatch = configuration.forcedMatch
    xMin = priors.boundary.map(\.xMin)
    yMin = priors.boundary.map(\.yMin)
    xMax = priors.boundary.map(\.xMax)
    yMax = priors.boundary.map(\.yMax)
    area = priors.boundary.map(\.area)
  }

  /// The result of matching one image.
  public struct Match: Sendable {
    /// The index of each prior's object in the list, or -1 for background.
    public var objects: [Int]
    /// The index of the prior that each object forced to be positive; -1 when none overlaps it.
    public var forced: [Int]

    /// The number of positive priors.
    public var positiveCount: Int { objects.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) } }
  }

  /// Matches the priors with the objects of one image.
  ///
  /// - Parameter boxes: the objects' boxes in fractional boundary coordinates.
  public func match(_ boxes: [BoundingBox]) -> Match {
    let count = priors.count
    var objects = [Int](repeating: -1, count: count)
    guard !boxes.isEmpty else { return Match(objects: objects, forced: []) }

    let ious = boxes.map(ious(with:))
    var best = [Float](repeating: -1, count: count)
    for (object, row) in ious.enumerated() {
      for prior in 0..<count where row[prior] > best[prior] {
        best[prior] = row[prior]
        objects[prior] = object
      }
    }
    for prior in 0..<count where best[prior] < iouThreshold { objects[prior] = -1 }

    let forced =
      switch forcedMatch {
      case .greedy: Self.greedyAssignment(ious)
      case .laterObjectWins: ious.map { Self.firstMaximum($0).index }
      }
    for (object, prior) in forced.enumerated() where prior >= 0 { objects[prior] = object }
    return Match(objects: objects, forced: forced)
  }

  /// The intersection over union (IoU, Jaccard overlap) of one box, in fractional boundary
  /// coordinates, with every prior, in the order of the priors.
  public func ious(with box: BoundingBox) -> [Float] {
    let boxArea = box.area
    return [Float](unsafeUninitializedCapacity: priors.count) { result, initialized in
      xMin.withUnsafeBufferPointer { xMin in
        yMin.withUnsafeBufferPointer { yMin in
          xMax.withUnsafeBufferPointer { xMax in
            yMax.withUnsafeBufferPointer { yMax in
              area.withUnsafeBufferPointer { area in
                for prior in 0..<xMin.count {
                  // Comparisons instead of `min` and `max`, whose handling of NaN costs the
                  // vectorization.
                  let left = xMin[prior] > box.xMin ? xMin[prior] : box.xMin
                  let top = yMin[prior] > box.yMin ? yMin[prior] : box.yMin
                  let right = xMax[prior] < box.xMax ? xMax[prior] : box.xMax
                  let bottom = yMax[prior] < box.yMax ? yMax[prior] : box.yMax
                  let width = right - left
                  let height = bottom - top
                  let shared = (width > 0 ? width : 0) * (height > 0 ? height : 0)
                  result[prior] = shared / (area[prior] + boxArea - shared)
                }
              }
            }
          }
        }
      }
      initialized = priors.count
    }
  }

  /// One prior for each object, none twice: the pair with the greatest IoU first.
  private static func greedyAssignment(_ ious: [[Float]]) -> [Int] {
    var assigned = [Int](repeating: -1, count: ious.count)
    var taken: Set<Int> = []
    var candidates = ious.map { firstMaximum($0) }
    var open = Set(ious.indices)
    while !open.isEmpty {
      // Of equal IoUs, the earlier object goes first.
      let object = open.min {
        candidates[$0].value != candidates[$1].value
          ? candidates[$0].value > candidates[$1].value : $0 < $1
      }!
      guard candidates[object].value > 0 else { break }
      let prior = candidates[object].index
      if taken.insert(prior).inserted {
        assigned[object] = prior
        open.remove(object)
      } else {
        candidates[object] = firstMaximum(ious[object], excluding: taken)
      }
    }
    return assigned
  }

  private static func firstMaximum(
    _ row: [Float], excluding taken: Set<Int> = []
  ) -> (index: Int, value: Float) {
    var index = 0
    var value: Float = -1
    for (position, iou) in row.enumerated() where iou > value {
      if !taken.isEmpty && taken.contains(position) { continue }
      value = iou
      index = position
    }
    return (index, value)
  }
}
