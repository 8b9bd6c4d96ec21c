extension Sequence {
  /// The elements by falling score. Equal scores keep their order, so that a result does not depend
  /// on the sort; scores that are not numbers come last.
  func bestFirst<Score: BinaryFloatingPoint>(by score: (Element) -> Score) -> [Element] {
    let ranked = enumerated().map { offset, element in
      let score = score(element)
      return (score: score.isNaN ? -Score.infinity : score, offset: offset, element: element)
    }
    return ranked.sorted { left, right in
      left.score != right.score ? left.score > right.score : left.offset < right.offset
    }.map(\.element)
  }
}
