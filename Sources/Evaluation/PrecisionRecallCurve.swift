/// How precision falls as recall rises while a class's detections are accepted from the best down.
///
/// Detections that fell on difficult objects are not part of it.
public struct PrecisionRecallCurve: Sendable, Hashable {
  /// How many objects there are to be found, without difficult ones.
  public let objectCount: Int
  /// The scores of the detections, best first.
  public let scores: [Float]
  /// The fraction of true detections among all up to this one.
  public let precision: [Double]
  /// The fraction of the objects found up to this one; 0 throughout when there are none.
  public let recall: [Double]

  /// - Parameters:
  ///   - scores: in decreasing order.
  ///   - isHit: for each score, whether the detection found an object not found before.
  ///   - objectCount: how many objects there are to be found.
  public init(scores: [Float], isHit: [Bool], objectCount: Int) {
    precondition(scores.count == isHit.count, "each detection has one score and one outcome")
    self.objectCount = objectCount
    self.scores = scores
    var precision: [Double] = []
    var recall: [Double] = []
    precision.reserveCapacity(scores.count)
    recall.reserveCapacity(scores.count)
    var hits = 0
    for (position, hit) in isHit.enumerated() {
      if hit { hits += 1 }
      precision.append(Double(hits) / Double(position + 1))
      recall.append(objectCount > 0 ? Double(hits) / Double(objectCount) : 0)
    }
    self.precision = precision
    self.recall = recall
  }

  /// Average precision as Pascal VOC measured it until 2009: the mean, over recalls 0, 0.1 ... 1,
  /// of the best precision at that recall or a higher one. Nil when there are no objects.
  public var elevenPointAveragePrecision: Double? {
    guard objectCount > 0 else { return nil }
    let envelope = precisionEnvelope
    var position = 0
    var sum = 0.0
    for tenths in 0...10 {
      // A tenth is divided as the recalls are, so that 3 of 10 objects do reach 0.3.
      let wanted = Double(tenths) / 10
      while position < recall.count, recall[position] < wanted { position += 1 }
      guard position < recall.count else { break }
      sum += envelope[position]
    }
    return sum / 11
  }

  /// Average precision as Pascal VOC measures it since 2010: the area under the curve after
  /// precision is made to fall monotonically. Nil when there are no objects.
  public var areaAveragePrecision: Double? {
    guard objectCount > 0 else { return nil }
    let envelope = precisionEnvelope
    var reached = 0.0
    var area = 0.0
    for position in recall.indices where recall[position] > reached {
      area += (recall[position] - reached) * envelope[position]
      reached = recall[position]
    }
    return area
  }

  /// At each position the best precision there or later.
  public var precisionEnvelope: [Double] {
    var envelope = precision
    for position in envelope.indices.dropLast().reversed() {
      envelope[position] = max(envelope[position], envelope[position + 1])
    }
    return envelope
  }
}
