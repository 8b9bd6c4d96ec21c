/// Non-maximum suppression (NMS): of boxes that overlap, only the best scored stays.
///
/// ```swift
/// let kept = nms(boxes, scores: scores, iouThreshold: 0.5).map { boxes[$0] }
/// ```
///
/// The boxes may be in any unit, the same for all. A box without area overlaps nothing, so that it
/// stays.
///
/// - Parameters:
///   - boxes: the candidates, in any order.
///   - scores: the score of each box. A box whose score is not a number is dropped; of equal scores
///     the earlier box goes first.
///   - iouThreshold: a box is dropped when its intersection over union (IoU) with a kept box exceeds
///     this, 0...1.
///   - limit: the most boxes to keep.
/// - Returns: the indices of the kept boxes, best first.
/// - Precondition: there are as many scores as boxes.
public func nms(
  _ boxes: [BoundingBox], scores: [Float], iouThreshold: Float, limit: Int = .max
) -> [Int] {
  precondition(boxes.count == scores.count, "\(boxes.count) boxes, \(scores.count) scores")
  let bestFirst = boxes.indices.filter { !scores[$0].isNaN }
    .sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
  var suppression = NonMaximumSuppression(iouThreshold: iouThreshold)
  var kept: [Int] = []
  for index in bestFirst {
    guard kept.count < limit else { break }
    if suppression.keeps(boxes[index]) { kept.append(index) }
  }
  return kept
}

/// Non-maximum suppression (NMS) box by box, for boxes that come from the best scored down: what
/// ``nms(_:scores:iouThreshold:limit:)`` and ``PredictionDecoder`` are made of.
///
/// ```swift
/// var suppression = NonMaximumSuppression(iouThreshold: 0.5)
/// let kept = bestFirst.filter { suppression.keeps($0) }
/// ```
public struct NonMaximumSuppression: Sendable {
  private typealias Lanes = SIMD8<Float>

  /// Eight kept boxes, so that a box is compared with eight at a time.
  private struct Block {
    var xMin = Lanes.zero
    var yMin = Lanes.zero
    var xMax = Lanes.zero
    var yMax = Lanes.zero
    var area = Lanes.zero
  }

  /// A box is dropped when its intersection over union (IoU) with a kept box exceeds this, 0...1.
  public let iouThreshold: Float
  /// Boxes without area fill the last block: they overlap nothing.
  private var blocks: [Block] = []
  /// The number of boxes that have been kept.
  public private(set) var keptCount = 0

  /// A suppression that has not kept any box yet.
  public init(iouThreshold: Float) { self.iouThreshold = iouThreshold }

  /// Whether a box stays, because no box kept before overlaps it by more than the threshold; it then
  /// suppresses those that come after it.
  public mutating func keeps(_ box: BoundingBox) -> Bool {
    guard !isSuppressed(box) else { return false }
    let lane = keptCount % Lanes.scalarCount
    if lane == 0 { blocks.append(Block()) }
    let last = blocks.count - 1
    blocks[last].xMin[lane] = box.xMin
    blocks[last].yMin[lane] = box.yMin
    blocks[last].xMax[lane] = box.xMax
    blocks[last].yMax[lane] = box.yMax
    blocks[last].area[lane] = box.area
    keptCount += 1
    return true
  }

  /// Whether any kept box overlaps `box` by more than the threshold; the same arithmetic as
  /// ``BoundingBox/iou(with:)``.
  private func isSuppressed(_ box: BoundingBox) -> Bool {
    let area = Lanes(repeating: box.area)
    return blocks.contains { block in
      let width = lesser(block.xMax, box.xMax) - greater(block.xMin, box.xMin)
      let height = lesser(block.yMax, box.yMax) - greater(block.yMin, box.yMin)
      let intersection = greater(width, 0) * greater(height, 0)
      let union = block.area + area - intersection
      // A union of 0 makes this not a number, which is not more than anything.
      return any(intersection / union .> Lanes(repeating: iouThreshold))
    }
  }

  @inline(__always)
  private func lesser(_ lanes: Lanes, _ bound: Float) -> Lanes {
    lanes.replacing(with: bound, where: lanes .> bound)
  }

  @inline(__always)
  private func greater(_ lanes: Lanes, _ bound: Float) -> Lanes {
    lanes.replacing(with: bound, where: lanes .< bound)
  }
}
