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
  var keptBoxes = KeptBoxes()
  for (index, box) in boxes.enumerated() {
    guard kept.count < limit else { break }
    guard !keptBoxes.overlap(box, byMoreThan: maximumOverlap) else { continue }
    kept.append(index)
    keptBoxes.append(box)
  }
  return kept
}

/// The boxes of a class that suppression has kept, eight to a block, so that a candidate is
/// compared with eight at a time.
struct KeptBoxes {
  private typealias Lanes = SIMD8<Float>

  private struct Block {
    var xMin = Lanes.zero
    var yMin = Lanes.zero
    var xMax = Lanes.zero
    var yMax = Lanes.zero
    var area = Lanes.zero
  }

  /// Boxes without area fill the last block: they overlap nothing.
  private var blocks: [Block] = []
  private var count = 0

  mutating func append(_ box: BoundingBox) {
    let lane = count % Lanes.scalarCount
    if lane == 0 { blocks.append(Block()) }
    let last = blocks.count - 1
    blocks[last].xMin[lane] = box.xMin
    blocks[last].yMin[lane] = box.yMin
    blocks[last].xMax[lane] = box.xMax
    blocks[last].yMax[lane] = box.yMax
    blocks[last].area[lane] = box.area
    count += 1
  }

  /// Whether any box kept overlaps `box` by more than `maximum`; the same arithmetic as
  /// ``BoundingBox/overlap(_:)``.
  func overlap(_ box: BoundingBox, byMoreThan maximum: Float) -> Bool {
    let area = Lanes(repeating: box.area)
    return blocks.contains { block in
      let width = lesser(block.xMax, box.xMax) - greater(block.xMin, box.xMin)
      let height = lesser(block.yMax, box.yMax) - greater(block.yMin, box.yMin)
      let shared = greater(width, 0) * greater(height, 0)
      let union = block.area + area - shared
      // A union of 0 makes this not a number, which is not more than anything.
      return any(shared / union .> Lanes(repeating: maximum))
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
