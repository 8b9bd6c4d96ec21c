/// How long something took, time and again.
struct Timings {
  private(set) var milliseconds: [Double] = []

  /// Measures a piece of work and passes on its result.
  mutating func measure<Result>(_ work: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try work()
    add(ContinuousClock.now - start)
    return result
  }

  mutating func add(_ duration: Duration) {
    milliseconds.append(duration / .milliseconds(1))
  }

  /// The time that this share of the runs did not exceed, 0...1 (the nearest rank).
  func percentile(_ share: Double) -> Double {
    let sorted = milliseconds.sorted()
    guard let last = sorted.indices.last else { return .nan }
    let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return sorted[min(max(rank, 0), last)]
  }

  var mean: Double { milliseconds.reduce(0, +) / Double(milliseconds.count) }
}

extension Timings: Encodable {
  enum CodingKeys: String, CodingKey { case p50, p95, p99, mean, runs }

  /// Milliseconds.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(percentile(0.5), forKey: .p50)
    try container.encode(percentile(0.95), forKey: .p95)
    try container.encode(percentile(0.99), forKey: .p99)
    try container.encode(mean, forKey: .mean)
    try container.encode(milliseconds.count, forKey: .runs)
  }
}
