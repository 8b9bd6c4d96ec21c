import Foundation

/// Hard negative mining (online hard example mining, OHEM): which priors of an image the confidence
/// loss looks at, prior by prior.
///
/// Those are the positives, and of the others those whose cross-entropy is highest (paper, section
/// 2.2, "Hard negative mining"). The loss that is trained with does the same on tensors.
public struct HardNegativeMining: Sendable {
  /// The cross-entropy, in nats, between each prior's logits and its target class.
  public let crossEntropies: [Float]
  /// The indices of the priors with an object, in order.
  public let positives: [Int]
  /// The indices of the priors without an object that count, the hardest first.
  public let hardNegatives: [Int]

  /// Picks the negatives of one image.
  ///
  /// - Parameters:
  ///   - logits: class scores before the softmax, (priors, classes + 1), row-major.
  ///   - targets: the class index of every prior; 0 is background.
  ///   - negativesPerPositive: the number of negatives for each positive; 3 in the paper.
  /// - Precondition: there are as many logits for every target.
  public init(logits: [Float], targets: [Int], negativesPerPositive: Int) {
    let columns = targets.isEmpty ? 1 : logits.count / targets.count
    precondition(
      logits.count == columns * targets.count, "\(logits.count) logits, \(targets.count) targets")
    let entropies = targets.indices.map { prior in
      let row = logits[prior * columns..<(prior + 1) * columns]
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
