import Foundation

/// Which priors of an image the confidence loss looks at, prior by prior: the positives, and of the
/// others those whose scores are most wrong (paper, section 2.2, "Hard negative mining").
public struct HardNegativeMining: Sendable {
  /// The cross-entropy between each prior's scores and its target class.
  public let crossEntropies: [Float]
  /// The priors with an object, in order.
  public let positives: [Int]
  /// The priors without one that count, the hardest first.
  public let hardNegatives: [Int]

  /// Picks the negatives of one image.
  ///
  /// - Parameters:
  ///   - scores: class scores before the softmax, (priors, classes + 1), row-major.
  ///   - targets: the class index of every prior; 0 is background.
  ///   - negativesPerPositive: 3 in the paper.
  /// - Precondition: there are as many scores for every target.
  public init(scores: [Float], targets: [Int], negativesPerPositive: Int) {
    let columns = targets.isEmpty ? 1 : scores.count / targets.count
    precondition(
      scores.count == columns * targets.count, "\(scores.count) scores, \(targets.count) targets")
    let entropies = targets.indices.map { prior in
      let row = scores[prior * columns..<(prior + 1) * columns]
      let highest = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - highest) }
      return highest + log(sum) - row[row.startIndex + targets[prior]]
    }
    crossEntropies = entropies
    positives = targets.indices.filter { targets[$0] > 0 }
    hardNegatives = Array(
      targets.indices.filter { targets[$0] == 0 }
        .sorted { entropies[$0] != entropies[$1] ? entropies[$0] > entropies[$1] : $0 < $1 }
        .prefix(positives.count * negativesPerPositive))
  }

  /// The confidence loss: the cross-entropies of positives and hard negatives, over the number of
  /// positives; 0 without positives.
  public var confidenceLoss: Float {
    guard !positives.isEmpty else { return 0 }
    return (positives + hardNegatives).reduce(0) { $0 + crossEntropies[$1] }
      / Float(positives.count)
  }
}
