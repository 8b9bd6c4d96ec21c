import MultiBox

/// How well the priors of a network fit the objects of a data set.
public struct PriorCoverage: Sendable {
  /// How an object is found by the priors.
  public enum Reach: String, Sendable, Encodable, CaseIterable {
    /// It owns a prior that overlaps it by the threshold or more.
    case matched
    /// It has only the prior that is forced to it, but elsewhere in the picture, or in a crop, it could
    /// have more.
    case forced
    /// Wherever it stood, no prior would overlap it by the threshold: its shape or size fits none.
    case never
  }

  /// One object.
  public struct Object: Sendable {
    /// The picture's place in the data set.
    public var image: Int
    /// Its class index.
    public var classIndex: Int
    /// Its box in fractions of the picture.
    public var box: BoundingBox
    /// The greatest overlap with any prior.
    public var bestOverlap: Float
    /// The greatest overlap of its shape with any prior's, the centres laid on each other.
    public var bestShapeOverlap: Float
    /// Priors it owns after matching, the forced one included.
    public var positives: Int
    /// How the priors find it.
    public var reach: Reach
  }

  /// Every object with an area.
  public let objects: [Object]
  /// The overlap from which on a prior is positive.
  public let threshold: Float

  /// Matches every picture's objects with the priors, as the loss does.
  public init(_ dataset: DetectionDataset, configuration: SSDConfiguration) {
    let priors = PriorBoxes(configuration)
    let matcher = PriorMatcher(priors: priors, configuration: configuration.loss)
    let shapes = PriorShapes(configuration)
    let threshold = configuration.loss.overlapThreshold
    self.threshold = threshold
    objects = inParallel(Array(0..<dataset.count)) { image in
      let truth = dataset.groundTruth(at: image).filter { !$0.box.isDegenerate }
      let match = matcher.match(truth.map(\.box))
      var positives = [Int](repeating: 0, count: truth.count)
      var isMatched = [Bool](repeating: false, count: truth.count)
      let overlaps = truth.map { matcher.ious(with: $0.box) }
      for (prior, object) in match.objects.enumerated() where object >= 0 {
        positives[object] += 1
        if overlaps[object][prior] >= threshold { isMatched[object] = true }
      }
      return truth.indices.map { index in
        let shape = shapes.bestOverlap(
          width: truth[index].box.width, height: truth[index].box.height)
        return Object(
          image: image, classIndex: truth[index].classIndex, box: truth[index].box,
          bestOverlap: overlaps[index].max() ?? 0, bestShapeOverlap: shape,
          positives: positives[index],
          reach: isMatched[index] ? .matched : shape >= threshold ? .forced : .never)
      }
    }.flatMap { $0 }
  }

  /// The share of the objects that are found in a way; 0 without objects.
  public func share(_ reach: Reach, classIndex: Int? = nil) -> Double {
    let considered = objects.filter { classIndex == nil || $0.classIndex == classIndex }
    guard !considered.isEmpty else { return 0 }
    return Double(considered.count { $0.reach == reach }) / Double(considered.count)
  }
}

/// The sizes that priors have, wherever they stand.
struct PriorShapes {
  private let sizes: [(width: Float, height: Float)]

  init(_ configuration: SSDConfiguration) {
    let limit = configuration.limitsPriorSizes ? 1 : Double.infinity
    sizes = configuration.featureMaps.flatMap(\.priorShapes).map {
      (Float(min($0.width, limit)), Float(min($0.height, limit)))
    }
  }

  /// The greatest overlap of a size with any of these, the centres laid on each other.
  func bestOverlap(width: Float, height: Float) -> Float {
    sizes.reduce(0) { best, size in
      let shared = min(width, size.width) * min(height, size.height)
      return max(best, shared / (width * height + size.width * size.height - shared))
    }
  }
}
