import MultiBox

/// The errors in one image.
struct ImageDiagnosis {
  typealias Kind = DetectionErrors.Kind

  struct Fault {
    let detection: Int
    let kind: Kind
    let object: Int?
    let overlap: Double
  }

  /// Of the detections that count.
  private(set) var verdicts: [DetectionErrors.Verdict] = []
  private(set) var faults: [Fault] = []
  /// Objects that nothing found or nearly found.
  private(set) var missed: [Int] = []

  init(_ image: ScoredImage, _ matcher: ObjectMatcher, backgroundOverlap: Double) {
    let outcomes = matcher.outcomes(of: image.detections, among: image.objects)
    var isFound = Array(repeating: false, count: image.objects.count)
    for case .found(let object) in outcomes { isFound[object] = true }
    /// By object: the place in `verdicts` of the best detection that would find it.
    var mended: [Int: Int] = [:]
    for (position, outcome) in outcomes.enumerated() where outcome.counts {
      let detection = image.detections[position]
      let fault =
        outcome.isHit
        ? nil
        : Self.fault(
          of: position, outcome, in: image, matcher, backgroundOverlap: backgroundOverlap)
      if let fault {
        faults.append(fault)
        if let object = fault.object, fault.kind == .localization || fault.kind == .confusion,
          !isFound[object], !image.objects[object].isDifficult
        {
          let isBest = mended[object].map { detection.score > verdicts[$0].score } ?? true
          if isBest { mended[object] = verdicts.count }
        }
      }
      verdicts.append(
        DetectionErrors.Verdict(
          classIndex: detection.classIndex, score: detection.score, kind: fault?.kind))
    }
    for (object, place) in mended { verdicts[place].mendedClass = image.objects[object].classIndex }
    missed = image.objects.indices.filter {
      !isFound[$0] && !image.objects[$0].isDifficult && mended[$0] == nil
    }
  }

  private static func fault(
    of position: Int, _ outcome: ObjectMatcher.Outcome, in image: ScoredImage,
    _ matcher: ObjectMatcher, backgroundOverlap: Double
  ) -> Fault {
    let detection = image.detections[position]
    func nearest(_ isCandidate: (GroundTruthObject) -> Bool) -> (object: Int, overlap: Double)? {
      image.objects.indices.filter { isCandidate(image.objects[$0]) }
        .map { (object: $0, overlap: matcher.iou(detection.box, image.objects[$0].box)) }
        .max { $0.overlap < $1.overlap }
    }
    func fault(_ kind: Kind, _ nearest: (object: Int, overlap: Double)?) -> Fault {
      Fault(
        detection: position, kind: kind, object: nearest?.object, overlap: nearest?.overlap ?? 0)
    }
    if case .repeated(let object) = outcome {
      let overlap = matcher.iou(detection.box, image.objects[object].box)
      return fault(.duplicate, (object, overlap))
    }
    let same = nearest { $0.classIndex == detection.classIndex }
    if let same, same.overlap >= backgroundOverlap { return fault(.localization, same) }
    let other = nearest { $0.classIndex != detection.classIndex }
    if let other, other.overlap >= matcher.iouThreshold { return fault(.confusion, other) }
    if let other, other.overlap > backgroundOverlap { return fault(.both, other) }
    return fault(.background, nil)
  }
}
