import MultiBox

/// The scores of one image after the softmax.
struct ClassScores {
  /// (priors, columns), row-major; column 0 is background.
  let values: [Float]
  /// Classes and background.
  let columns: Int

  /// How many priors there are.
  var count: Int { values.count / columns }

  /// - Parameter columns: classes and background.
  init(_ predictions: RawPredictions, columns: Int) {
    self.columns = columns
    values = predictions.scores(columns: columns)
  }

  /// The score of a class at a prior.
  subscript(prior: Int, classIndex: Int) -> Float { values[prior * columns + classIndex] }

  /// The prior and class, background left out, with the highest score.
  var best: (prior: Int, classIndex: Int, score: Float) {
    var best = (prior: 0, classIndex: 1, score: -Float.infinity)
    for prior in 0..<count {
      for classIndex in 1..<columns where self[prior, classIndex] > best.score {
        best = (prior, classIndex, self[prior, classIndex])
      }
    }
    return best
  }
}

extension Array {
  /// Where the elements stand of which something is true.
  func indices(where isWanted: (Element) -> Bool) -> [Int] {
    indices.filter { isWanted(self[$0]) }
  }
}
