/// Non-maximum suppression: of boxes that overlap, only the best scored stays.
///
/// - Parameters:
///   - boxes: candidates in order of decreasing score.
///   - maximumOverlap: a candidate that overlaps a kept box by more than this is dropped.
///   - limit: stop once so many are kept.
/// - Returns: the positions of the kept boxes, in order.
public func suppressed(
  _ boxes: [BoundingBox], maximumOverlap: Float, limit: Int = .max
) -> [Int] {
  var kept: [Int] = []
  var keptBoxes: [BoundingBox] = []
  for (index, box) in boxes.enumerated() {
    guard kept.count < limit else { break }
    if keptBoxes.contains(where: { $0.overlap(box) > maximumOverlap }) { continue }
    kept.append(index)
    keptBoxes.append(box)
  }
  return kept
}
