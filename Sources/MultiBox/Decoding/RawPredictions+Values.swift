import Foundation

extension RawPredictions {
  /// The class scores after the softmax, 0...1, (images, priors, columns), row-major.
  ///
  /// - Parameter columns: the number of logits of each prior: the classes and background.
  public func scores(columns: Int) -> [Float] {
    stride(from: 0, to: logits.count, by: columns).flatMap { start -> [Float] in
      let row = logits[start..<start + columns]
      let highest = row.max() ?? 0
      let powers = row.map { exp(Double($0 - highest)) }
      let sum = powers.reduce(0, +)
      return powers.map { Float($0 / sum) }
    }
  }

  /// The encoded offsets at a prior; those of the second image's priors follow the first's.
  public func offsets(at prior: Int) -> Offsets {
    let start = prior * 4
    return Offsets(
      centerX: offsets[start], centerY: offsets[start + 1], width: offsets[start + 2],
      height: offsets[start + 3])
  }
}
