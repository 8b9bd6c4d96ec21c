import Evaluation
import MultiBox

/// A mistake worth looking at.
struct Mistake {
  let kind: DetectionErrors.Kind
  /// The image's position.
  let image: Int
  /// The false detection, boxes in pixels; nil for a missed object.
  let detection: Detection?
  /// The object that it is about.
  let object: GroundTruthObject?
  let overlap: Double

  /// The worst of every kind in turn, until there are `limit`; then ordered by kind.
  ///
  /// The worst false detections are the surest ones, the worst missed objects the largest. An image is
  /// not shown more than twice for a kind.
  static func worst(
    _ limit: Int, of errors: DetectionErrors, among images: [ScoredImage]
  ) -> [Mistake] {
    var queues = DetectionErrors.Kind.allCases.map { kind in
      Array(spread(ranked(kind, errors, images)).prefix(limit))
    }
    var chosen = queues.map { _ in [Mistake]() }
    var count = 0
    while count < limit, queues.contains(where: { !$0.isEmpty }) {
      for kind in queues.indices where count < limit && !queues[kind].isEmpty {
        chosen[kind].append(queues[kind].removeFirst())
        count += 1
      }
    }
    return chosen.flatMap { $0 }
  }

  private static func ranked(
    _ kind: DetectionErrors.Kind, _ errors: DetectionErrors, _ images: [ScoredImage]
  ) -> [Mistake] {
    if kind == .missed {
      return errors.missedObjects.map { missed in
        Mistake(
          kind: kind, image: missed.image, detection: nil,
          object: images[missed.image].objects[missed.object], overlap: 0)
      }.sorted { ($0.object?.box.area ?? 0) > ($1.object?.box.area ?? 0) }
    }
    return errors.falseDetections.filter { $0.kind == kind }.map { fault in
      let image = images[fault.image]
      return Mistake(
        kind: kind, image: fault.image, detection: image.detections[fault.detection],
        object: fault.object.map { image.objects[$0] }, overlap: fault.overlap)
    }.sorted { ($0.detection?.score ?? 0) > ($1.detection?.score ?? 0) }
  }

  private static func spread(_ mistakes: [Mistake]) -> [Mistake] {
    var seen: [Int: Int] = [:]
    return mistakes.filter { mistake in
      seen[mistake.image, default: 0] += 1
      return seen[mistake.image, default: 0] <= 2
    }
  }
}
