import Foundation

/// Finds what exceeds a score among the network's class scores.
struct CandidateSearch {
  private typealias Lanes = SIMD8<Float>

  /// Score columns, background's included.
  let columns: Int
  /// A candidate has more than this after the softmax.
  let minimumScore: Float
  /// The class indices to look for.
  let wantedClasses: [Int]

  /// The candidates among `scores`, (rows, columns), as they are before the softmax.
  func bestFirst(in scores: UnsafeBufferPointer<Float>, rows: Int) -> BestCandidates {
    // One place more than there can be: see below.
    withUnsafeTemporaryAllocation(of: Candidate.self, capacity: rows * wantedClasses.count + 1) {
      candidates in
      let count = collect(scores, rows: rows, into: candidates)
      return BestCandidates(UnsafeBufferPointer(rebasing: candidates[..<count]))
    }
  }

  /// Writes the candidates in no order and returns how many there are.
  private func collect(
    _ scores: UnsafeBufferPointer<Float>, rows: Int,
    into candidates: UnsafeMutableBufferPointer<Candidate>
  ) -> Int {
    guard let source = UnsafeRawPointer(scores.baseAddress) else { return 0 }
    // The softmax's denominator is at least 1, so that a row whose classes are all further below
    // its highest score has no candidate. (A little less, for the rounding.)
    let leastMargin = minimumScore > 0 ? log(minimumScore) - 1e-4 : -.infinity
    let rowSize = columns * MemoryLayout<Float>.stride
    let blockSize = MemoryLayout<Lanes>.stride
    let paddedSize = (rowSize + blockSize - 1) / blockSize * blockSize
    let blocks = stride(from: 0, to: paddedSize, by: blockSize)
    return withUnsafeTemporaryAllocation(byteCount: 2 * paddedSize, alignment: blockSize) { row in
      // The row, filled up with what adds nothing to the softmax, and behind it its probabilities.
      row.initializeMemory(as: Float.self, repeating: -.infinity)
      var count = 0
      for index in 0..<rows {
        row.baseAddress?.copyMemory(from: source + index * rowSize, byteCount: rowSize)
        let background = row.load(as: Float.self)
        row.storeBytes(of: -.infinity, as: Float.self)
        var greatest = Lanes(repeating: -.infinity)
        for block in blocks {
          let logits = row.load(fromByteOffset: block, as: Lanes.self)
          greatest.replace(with: logits, where: logits .> greatest)
        }
        let highestObject = greatest.max()
        let highest = max(highestObject, background)
        row.storeBytes(of: background, as: Float.self)
        guard highestObject - highest >= leastMargin else { continue }
        var sum = Lanes.zero
        for block in blocks {
          let logits = row.load(fromByteOffset: block, as: Lanes.self)
          let powers = exponential(logits - highest)
          row.storeBytes(of: powers, toByteOffset: paddedSize + block, as: Lanes.self)
          sum += powers
        }
        let denominator = Lanes(repeating: sum.sum())
        for block in blocks {
          let powers = row.load(fromByteOffset: paddedSize + block, as: Lanes.self)
          row.storeBytes(of: powers / denominator, toByteOffset: paddedSize + block, as: Lanes.self)
        }
        for classIndex in wantedClasses {
          let score = row.load(
            fromByteOffset: paddedSize + classIndex * MemoryLayout<Float>.stride, as: Float.self)
          // Whether a score passes is hard to foresee; so it is written in any case, and
          // overwritten by the next if it did not pass.
          candidates[count] = Candidate(score: score, place: UInt32(classIndex * rows + index))
          count += score > minimumScore ? 1 : 0
        }
      }
      return count
    }
  }
}
