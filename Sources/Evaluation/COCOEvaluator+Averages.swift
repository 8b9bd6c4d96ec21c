extension COCOEvaluator {
  /// Sums of precisions and recalls on the way to COCO's figures.
  struct Averages {
    private var precision = Array(
      repeating: Array(repeating: Mean(), count: iouThresholds.count),
      count: areaRanges.count)
    private var recall = Array(repeating: Mean(), count: areaRanges.count)
    private var recall1 = Mean()
    private var recall10 = Mean()

    private struct Mean {
      var sum = 0.0
      var count = 0
      var value: Double? { count > 0 ? sum / Double(count) : nil }

      mutating func add(_ value: Double) {
        sum += value
        count += 1
      }

      mutating func add(_ other: Mean) {
        sum += other.sum
        count += other.count
      }
    }

    /// Adds one class.
    mutating func add(_ tally: Tally) {
      guard tally.objectCounts[0] > 0 else { return }
      let ordered = tally.outcomes.bestFirst(by: \.score)
      for range in areaRanges.indices where tally.objectCounts[range] > 0 {
        let objectCount = Double(tally.objectCounts[range])
        for threshold in iouThresholds.indices {
          let bit = Outcome.bit(range: range, threshold: threshold)
          let envelope = Self.precisionEnvelope(ordered, bit)
          precision[range][threshold].add(
            Self.averagePrecision(envelope, objectCount: objectCount))
          recall[range].add(Double(envelope.count) / objectCount)
          guard range == 0 else { continue }
          recall1.add(Double(Self.hits(ordered, bit, limit: 1)) / objectCount)
          recall10.add(Double(Self.hits(ordered, bit, limit: 10)) / objectCount)
        }
      }
    }

    var figures: COCOFigures {
      func overThresholds(_ range: Int) -> Double? {
        var mean = Mean()
        for threshold in precision[range] { mean.add(threshold) }
        return mean.value
      }
      return COCOFigures(
        ap: overThresholds(0), ap50: precision[0][0].value, ap75: precision[0][5].value,
        smallAP: overThresholds(1), mediumAP: overThresholds(2), largeAP: overThresholds(3),
        ar1: recall1.value, ar10: recall10.value, ar100: recall[0].value,
        smallAR: recall[1].value, mediumAR: recall[2].value, largeAR: recall[3].value)
    }

    /// For each true detection in order, the best precision there or later.
    private static func precisionEnvelope(_ ordered: [Outcome], _ bit: UInt64) -> [Double] {
      var envelope: [Double] = []
      var count = 0
      for outcome in ordered where outcome.isIgnored & bit == 0 {
        count += 1
        if outcome.isMatched & bit != 0 {
          envelope.append(Double(envelope.count + 1) / Double(count))
        }
      }
      for position in envelope.indices.dropLast().reversed() {
        envelope[position] = max(envelope[position], envelope[position + 1])
      }
      return envelope
    }

    /// The mean precision at the recalls 0, 0.01 ... 1.
    private static func averagePrecision(_ envelope: [Double], objectCount: Double) -> Double {
      var sum = 0.0
      var found = 0
      for hundredths in 0...100 {
        // As `numpy.linspace` rounds: 0.01 times, not divided by 100.
        let wanted = hundredths == 100 ? 1 : Double(hundredths) * 0.01
        while found < envelope.count, Double(found + 1) / objectCount < wanted { found += 1 }
        guard found < envelope.count else { break }
        sum += envelope[found]
      }
      return sum / 101
    }

    private static func hits(_ ordered: [Outcome], _ bit: UInt64, limit: Int) -> Int {
      ordered.count { $0.rank < limit && $0.isMatched & ~$0.isIgnored & bit != 0 }
    }
  }
}
