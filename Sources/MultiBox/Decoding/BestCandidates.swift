/// Hands out candidates from the best scored down: a sort that does only as much as is asked for.
///
/// A fresh model has tens of thousands of candidates, of which the best few thousand are asked for.
/// So they are only divided into groups of similar score at first, and a group is put in order when
/// its turn comes.
struct BestCandidates: Sequence, IteratorProtocol {
  private static let mostGroups: UInt32 = 16384

  private var grouped: [Candidate]
  /// Where each group ends in `grouped`, the group of the best first.
  private var ends: [Int]
  private var orderedGroups = 0
  private var position = 0

  init(_ candidates: UnsafeBufferPointer<Candidate>) {
    var (lowest, highest) = (UInt32.max, UInt32.min)
    for candidate in candidates {
      lowest = Swift.min(lowest, candidate.scoreBits)
      highest = Swift.max(highest, candidate.scoreBits)
    }
    guard lowest <= highest else {
      (grouped, ends) = ([], [])
      return
    }
    var shift: UInt32 = 0
    while (highest - lowest) >> shift >= Self.mostGroups { shift += 1 }
    func group(_ candidate: Candidate) -> Int { Int((highest - candidate.scoreBits) >> shift) }

    var ends = Array(repeating: 0, count: Int((highest - lowest) >> shift) + 1)
    for candidate in candidates { ends[group(candidate)] += 1 }
    var start = 0
    for group in ends.indices { (ends[group], start) = (start, start + ends[group]) }
    // Until a group is filled, its end is where the next candidate goes.
    grouped = Array(unsafeUninitializedCapacity: candidates.count) { grouped, count in
      for candidate in candidates {
        let group = group(candidate)
        grouped.initializeElement(at: ends[group], to: candidate)
        ends[group] += 1
      }
      count = candidates.count
    }
    self.ends = ends
  }

  mutating func next() -> Candidate? {
    guard position < grouped.count else { return nil }
    if position == (orderedGroups == 0 ? 0 : ends[orderedGroups - 1]) { orderNextGroup() }
    defer { position += 1 }
    return grouped[position]
  }

  /// Puts the next group that is not empty in order.
  private mutating func orderNextGroup() {
    while ends[orderedGroups] == position { orderedGroups += 1 }
    let group = position..<ends[orderedGroups]
    orderedGroups += 1
    // In place: sorting a slice of the array would copy it.
    grouped.withUnsafeMutableBufferPointer { grouped in
      var group = UnsafeMutableBufferPointer(rebasing: grouped[group])
      group.sort(by: >)
    }
  }
}

/// A prior whose score in a class is above the threshold, before non-maximum suppression.
struct Candidate: Comparable {
  /// The score's bits above the complement of the index, so that the greater is the better: by
  /// score, then by class, then by prior. A score's bits are in the order of its values, since it
  /// is positive.
  private let key: UInt64

  /// - Parameters:
  ///   - score: the softmax score, 0 or more.
  ///   - index: the class index times the number of priors, plus the prior's index.
  init(score: Float, index: UInt32) {
    key = UInt64(score.bitPattern) << 32 | UInt64(~index)
  }

  var score: Float { Float(bitPattern: scoreBits) }
  var index: Int { Int(~UInt32(truncatingIfNeeded: key)) }

  /// The score as a whole number that rises with it.
  var scoreBits: UInt32 { UInt32(truncatingIfNeeded: key >> 32) }

  static func < (left: Candidate, right: Candidate) -> Bool { left.key < right.key }
}
