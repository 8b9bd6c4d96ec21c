import Datasets
import Testing

@Suite("Seeded generator")
struct SeededGeneratorTests {
  @Test("the stream never changes")
  func stream() {
    var generator = SeededGenerator(seed: 1)
    let drawn = (0..<3).map { _ in generator.next() }
    // From xoshiro256** and SplitMix64's finaliser written down again in Python.
    #expect(
      drawn == [17_154_914_556_750_032_435, 15_481_925_071_032_317_162, 3_049_712_571_244_418_729])
  }

  @Test("streams of neighbouring numbers share nothing")
  func streams() {
    var drawn: Set<UInt64> = []
    for epoch in 0..<20 as Range<UInt64> {
      for sample in 0..<50 as Range<UInt64> {
        var generator = SeededGenerator(seed: 7, stream: epoch, sample)
        drawn.insert(generator.next())
      }
    }
    #expect(drawn.count == 1000)
  }

  @Test("whole numbers are equally likely and reach both bounds")
  func integers() {
    var generator = SeededGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.integer(in: -3...3) + 3] += 1 }
    // Four deviations of a binomial count: 4 * sqrt(70000 * 1/7 * 6/7) = 370.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 370 })
  }

  @Test("numbers between bounds have the mean and variance of a uniform distribution")
  func uniform() {
    var generator = SeededGenerator(seed: 5)
    let drawn = (0..<50_000).map { _ in generator.uniform(in: 2...4) }
    let mean = drawn.reduce(0, +) / 50_000
    let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50_000
    #expect(abs(mean - 3) < 0.011)
    #expect(abs(variance - 1.0 / 3) < 0.006)
    #expect(drawn.allSatisfy { (2...4).contains($0) })
  }

  @Test("shuffling keeps every element and favours no place")
  func shuffling() {
    var generator = SeededGenerator(seed: 9)
    var firstPlaces = [Int](repeating: 0, count: 5)
    for _ in 0..<10_000 {
      let order = generator.shuffled(Array(0..<5))
      #expect(order.sorted() == [0, 1, 2, 3, 4])
      firstPlaces[order[0]] += 1
    }
    #expect(firstPlaces.allSatisfy { abs($0 - 2000) < 160 })
  }
}
