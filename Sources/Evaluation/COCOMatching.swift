/// Which detections of one class and image find which objects, after COCO's rules.
enum COCOMatching {
  typealias DetectedObject = COCOEvaluator.DetectedObject
  typealias AnnotatedObject = COCOEvaluator.AnnotatedObject
  typealias Outcome = COCOEvaluator.Outcome

  /// - Parameters:
  ///   - detections: of one class, best first.
  ///   - objects: of the same class.
  static func outcomes(
    of detections: [DetectedObject], _ objects: [AnnotatedObject]
  ) -> [Outcome] {
    var outcomes = detections.enumerated().map { Outcome(score: $1.score, rank: $0) }
    let overlaps = detections.map { detection in objects.map { iou(detection.box, $0) } }
    // Most detections are far from every object, and no threshold can change that.
    let reachable = detections.indices.filter { detection in
      overlaps[detection].contains { $0 >= COCOEvaluator.iouThresholds[0] }
    }
    for (range, areas) in COCOEvaluator.areaRanges.enumerated() {
      if !reachable.isEmpty {
        let isIgnored = objects.map { $0.treatment != .counted || !areas.contains($0.area) }
        // What counts is looked at before what does not.
        let order =
          objects.indices.filter { !isIgnored[$0] } + objects.indices.filter { isIgnored[$0] }
        for (threshold, minimum) in COCOEvaluator.iouThresholds.enumerated() {
          var isTaken = Array(repeating: false, count: objects.count)
          let bit = Outcome.bit(range: range, threshold: threshold)
          for detection in reachable {
            guard
              let match = match(
                overlaps[detection], minimum: minimum, objects, order, isIgnored, isTaken)
            else { continue }
            isTaken[match] = true
            outcomes[detection].isMatched |= bit
            if isIgnored[match] { outcomes[detection].isIgnored |= bit }
          }
        }
      }
      for (detection, detected) in detections.enumerated()
      where !areas.contains(detected.box.area) {
        outcomes[detection].isIgnored |=
          Outcome.bits(range: range) & ~outcomes[detection].isMatched
      }
    }
    return outcomes
  }

  /// The free object of greatest overlap, the last of equals; one that is ignored only if there is
  /// no other.
  private static func match(
    _ overlaps: [Double], minimum: Double, _ objects: [AnnotatedObject], _ order: [Int],
    _ isIgnored: [Bool], _ isTaken: [Bool]
  ) -> Int? {
    var greatest = minimum
    var match: Int?
    for object in order {
      if isTaken[object], objects[object].treatment == .counted { continue }
      if let match, !isIgnored[match], isIgnored[object] { break }
      if overlaps[object] >= greatest {
        greatest = overlaps[object]
        match = object
      }
    }
    return match
  }

  /// The Jaccard overlap; with a crowd, the fraction of the detection that lies in it.
  private static func iou(_ box: PixelBox, _ object: AnnotatedObject) -> Double {
    let shared = box.intersection(object.box)
    guard shared > 0 else { return 0 }
    return shared
      / (object.treatment == .crowd ? box.area : box.area + object.box.area - shared)
  }
}
