/// How far scores can be taken as probabilities: of the detections that score 0.8, eight of ten
/// should be right.
public struct Calibration: Sendable, Hashable {
  /// The detections whose scores lie in one interval.
  public struct Bin: Sendable, Hashable {
    /// The least score of the bin; the last bin includes its upper end.
    public let lowerBound: Double
    /// Where the next bin starts.
    public let upperBound: Double
    /// How many detections there are.
    public fileprivate(set) var count = 0
    fileprivate var hits = 0
    fileprivate var scoreSum = 0.0

    /// The share of them that is right; nil without detections.
    public var precision: Double? { count > 0 ? Double(hits) / Double(count) : nil }
    /// Their mean score; nil without detections.
    public var meanScore: Double? { count > 0 ? scoreSum / Double(count) : nil }
  }

  /// Intervals of equal width from 0 to 1.
  public private(set) var bins: [Bin]
  /// Detections below it are left out.
  public let minimumScore: Double

  /// - Parameters:
  ///   - minimumScore: detections below it are left out: of a detector's output, most is close to zero
  ///     and would hide everything else.
  ///   - binCount: 10 in most papers.
  public init(minimumScore: Double = 0, binCount: Int = 10) {
    precondition(binCount > 0, "calibration needs bins")
    self.minimumScore = minimumScore
    bins = (0..<binCount).map { index in
      Bin(
        lowerBound: Double(index) / Double(binCount),
        upperBound: Double(index + 1) / Double(binCount))
    }
  }

  /// Adds a detection.
  public mutating func add(score: Double, isHit: Bool) {
    guard score >= minimumScore, score <= 1 else { return }
    // A bound such as 0.3 divided by 0.1 is not exactly 3.
    let index = bins.lastIndex { score >= $0.lowerBound } ?? 0
    bins[index].count += 1
    bins[index].scoreSum += score
    if isHit { bins[index].hits += 1 }
  }

  /// How many detections were added.
  public var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// The expected calibration error (Naeini et al., 2015; Guo et al., 2017): the mean distance between a
  /// bin's precision and its mean score, weighted by its detections. Nil without detections.
  public var expectedError: Double? {
    guard count > 0 else { return nil }
    return bins.reduce(0) { $0 + abs(Double($1.hits) - $1.scoreSum) } / Double(count)
  }

  /// The greatest such distance.
  public var greatestError: Double? {
    bins.compactMap { bin in
      bin.precision.flatMap { precision in bin.meanScore.map { abs(precision - $0) } }
    }.max()
  }
}
