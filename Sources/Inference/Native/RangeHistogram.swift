/// How often values of a map occur, to find the range that bytes had best cover.
struct RangeHistogram {
  private var counts: [Int]
  private let maximum: Float

  /// - Parameter maximum: the greatest value that occurs.
  init(maximum: Float) {
    self.maximum = maximum
    counts = [Int](repeating: 0, count: 2048)
  }

  mutating func add(_ values: some Sequence<Float>) {
    guard maximum > 0 else { return }
    let factor = Float(counts.count) / maximum
    for value in values where value > 0 {
      counts[min(Int(value * factor), counts.count - 1)] += 1
    }
  }

  /// The range whose `steps` steps lose least in squares: a wide one rounds all values coarsely, a
  /// narrow one cuts the greatest off.
  func bestRange(steps: Int) -> Float {
    guard maximum > 0, counts.contains(where: { $0 > 0 }) else { return 1 }
    let width = Double(maximum) / Double(counts.count)
    var best = (loss: Double.infinity, range: Double(maximum))
    for bins in stride(from: counts.count / 8, through: counts.count, by: counts.count / 64) {
      let range = Double(bins) * width
      let step = range / Double(steps)
      var loss = 0.0
      for (bin, count) in counts.enumerated() where count > 0 {
        let value = (Double(bin) + 0.5) * width
        // Rounding is off by a twelfth of a squared step on average.
        loss +=
          Double(count) * (value > range ? (value - range) * (value - range) : step * step / 12)
      }
      if loss < best.loss { best = (loss, range) }
    }
    return Float(best.range)
  }
}
