/// A prior that may show an object of a class.
struct Candidate: Comparable {
  /// The score's bits above the complement of the place, so that the greater is the better: by
  /// score, then by class, then by prior. A score's bits are in the order of its values, since it
  /// is positive.
  private let key: UInt64

  /// - Parameters:
  ///   - score: 0 or more.
  ///   - place: where the score stands among all classes and priors, class by class.
  init(score: Float, place: UInt32) {
    key = UInt64(score.bitPattern) << 32 | UInt64(~place)
  }

  var score: Float { Float(bitPattern: scoreBits) }
  var place: Int { Int(~UInt32(truncatingIfNeeded: key)) }

  /// The score as a whole number that rises with it.
  var scoreBits: UInt32 { UInt32(truncatingIfNeeded: key >> 32) }

  static func < (left: Candidate, right: Candidate) -> Bool { left.key < right.key }
}
