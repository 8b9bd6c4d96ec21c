/// Which source pixels one side of a window takes, and with which weights.
///
/// A triangle as wide as one source pixel, or as one target pixel where the picture shrinks, cut
/// off at the window's edges: what Pillow's `BILINEAR` does with the cut-out part. Source pixels
/// that do not exist, outside the picture, count for `coverage` only.
struct ResamplingTaps {
  /// The target pixels that take at least one source pixel.
  var targets: Range<Int>
  /// The source pixels that are taken.
  var sources: Range<Int>
  /// For each of `targets`, its first source pixel, counted from `sources.lowerBound`.
  var first: [Int]
  /// How many weights there are for each of `targets`, the last ones perhaps 0.
  var length: Int
  /// `length` weights for each of `targets`; they sum to 1.
  var weights: [Float]
  /// The share of existing source pixels in each of `targets`.
  var coverage: [Float]

  /// - Parameters:
  ///   - start: Where the window begins, in source pixels.
  ///   - extent: The window's length in source pixels.
  ///   - limit: The picture's length in source pixels.
  ///   - target: The length of the result.
  ///   - isReversed: Whether the result is mirrored.
  init(start: Double, extent: Double, limit: Int, target: Int, isReversed: Bool) {
    let scale = extent / Double(target)
    let radius = max(scale, 1)
    let firstOfWindow = Int(start.rounded(.down))
    let endOfWindow = Int((start + extent).rounded(.up))

    var rows: [(target: Int, first: Int, weights: [Float], coverage: Float)] = []
    rows.reserveCapacity(target)
    for index in 0..<target {
      let center = start + (Double(index) + 0.5) * scale
      let first = max(firstOfWindow, Int((center - radius + 0.5).rounded(.down)))
      let end = max(first, min(endOfWindow, Int((center + radius + 0.5).rounded(.down))))
      var total = 0.0
      var inside = 0.0
      var taken: [Float] = []
      for pixel in first..<end {
        let weight = max(0, 1 - abs(Double(pixel) + 0.5 - center) / radius)
        total += weight
        if pixel >= 0, pixel < limit {
          inside += weight
          taken.append(Float(weight))
        }
      }
      guard inside > 0 else { continue }
      rows.append(
        (
          isReversed ? target - 1 - index : index, max(first, 0),
          taken.map { $0 / Float(inside) }, Float(inside / total)
        ))
    }
    if isReversed { rows.reverse() }

    let lower = rows.map(\.first).min() ?? 0
    let upper = rows.map { $0.first + $0.weights.count }.max() ?? 0
    let length = rows.map(\.weights.count).max() ?? 0
    sources = lower..<upper
    targets = (rows.first?.target ?? 0)..<((rows.last?.target ?? -1) + 1)
    self.length = length
    first = []
    weights = []
    coverage = rows.map(\.coverage)
    first.reserveCapacity(rows.count)
    weights.reserveCapacity(rows.count * length)
    for row in rows {
      // Shifted back where the padding would reach beyond the last source pixel.
      let start = max(lower, min(row.first, upper - length))
      let padding = row.first - start
      first.append(start - lower)
      weights.append(contentsOf: repeatElement(0, count: padding))
      weights.append(contentsOf: row.weights)
      weights.append(
        contentsOf: repeatElement(0, count: length - padding - row.weights.count))
    }
  }

  /// Whether some target pixel lies on the picture's edge.
  var hasPartialCoverage: Bool { coverage.contains { $0 < 0.9999 } }
}
