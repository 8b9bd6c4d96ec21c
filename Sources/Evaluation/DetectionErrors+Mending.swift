import MultiBox

extension DetectionErrors {
  /// The precision-recall curve of each class, in the order of the list, as it would be without errors
  /// of these kinds.
  ///
  /// As in TIDE, a detection of the right place or the right class gets the other right, too, if it is
  /// the best to do so and the object is not found otherwise, and else disappears; every other false
  /// detection disappears; and missed objects are not asked for.
  public func curves(mending kinds: Set<Kind> = []) -> [PrecisionRecallCurve] {
    var outcomes = Array(repeating: [(score: Float, isHit: Bool)](), count: classes.count + 1)
    for verdict in verdicts {
      if let kind = verdict.kind, kinds.contains(kind) {
        guard let mended = verdict.mendedClass else { continue }
        outcomes[mended].append((verdict.score, true))
      } else {
        outcomes[verdict.classIndex].append((verdict.score, verdict.kind == nil))
      }
    }
    return (1...classes.count).map { index in
      let ordered = outcomes[index].bestFirst(by: \.score)
      return PrecisionRecallCurve(
        scores: ordered.map(\.score), isHit: ordered.map(\.isHit),
        objectCount: objectCounts[index] - (kinds.contains(.missed) ? missedCounts[index] : 0))
    }
  }

  /// Mean average precision as it would be without errors of these kinds, over the classes that have
  /// objects.
  ///
  /// A class all of whose objects are no longer asked for is perfect if nothing is claimed to be of
  /// it, and worth nothing otherwise.
  ///
  /// - Parameter averagePrecision: of a curve with objects; the area under it, unless told otherwise.
  /// - Returns: nil when no class has objects.
  public func meanAveragePrecision(
    mending kinds: Set<Kind> = [],
    by averagePrecision: (PrecisionRecallCurve) -> Double? = \.areaAveragePrecision
  ) -> Double? {
    let curves = curves(mending: kinds)
    let values = curves.indices.filter { objectCounts[$0 + 1] > 0 }.map { index in
      averagePrecision(curves[index]) ?? (curves[index].scores.isEmpty ? 1 : 0)
    }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
