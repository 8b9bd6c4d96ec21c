import Foundation

/// Softmax and score threshold: finds the priors whose score in a class exceeds the minimum.
struct CandidateSearch {
  private typealias Lanes = SIMD8<Float>

  /// The number of logits of each prior: the classes and background.
  let columns: Int
  /// The softmax score that a candidate exceeds.
  let minimumScore: Float
  /// The indices of the classes to look for.
  let wantedClasses: [Int]

  /// The candidates among `logits`, (rows, columns), row-major.
  func bestFirst(in logits: UnsafeBufferPointer<Float>, rows: Int) -> BestCandidates {
    // Room for one candidate more than there can be: see below.
    withUnsafeTemporaryAllocation(of: Candidate.self, capacity: rows * wantedClasses.count + 1) {
      candidates in
      let count = collect(logits, rows: rows, into: candidates)
      return BestCandidates(UnsafeBufferPointer(rebasing: candidates[..<count]))
    }
  }

  /// Writes the candidates in the order of the priors and returns how many there are.
  private func collect(
    _ logits: UnsafeBufferPointer<Float>, rows: Int,
    into candidates: UnsafeMutableBufferPointer<Candidate>
  ) -> Int {
    guard let source = UnsafeRawPointer(logits.baseAddress) else { return 0 }
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
          let lanes = row.load(fromByteOffset: block, as: Lanes.self)
          greatest.replace(with: lanes, where: lanes .> greatest)
        }
        let highestObject = greatest.max()
        let highest = max(highestObject, background)
        row.storeBytes(of: background, as: Float.self)
        guard highestObject - highest >= leastMargin else { continue }
        var sum = Lanes.zero
        for block in blocks {
          let lanes = row.load(fromByteOffset: block, as: Lanes.self)
          let powers = exponential(lanes - highest)
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
          candidates[count] = Candidate(score: score, index: UInt32(classIndex * rows + index))
          count += score > minimumScore ? 1 : 0
        }
      }
      return count
    }
  }
}

/// e to the power of each lane, to about one unit in the last place, for exponents up to 0; what is
/// below -87 gives 0 or almost.
///
/// The C library's function takes one number at a time, and an image has 183,372 scores.
@inline(__always)
private func exponential(_ exponents: SIMD8<Float>) -> SIMD8<Float> {
  let lowest = SIMD8<Float>(repeating: -87)
  let exponents = exponents.replacing(with: lowest, where: exponents .< lowest)
  // e^x = 2^n e^r with whole n and |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to a whole number and
  // leaves it in the low bits.
  let rounder = SIMD8<Float>(repeating: 12_582_912)
  let rounded = exponents * 1.442_695_04 + rounder
  let whole = rounded - rounder
  // The logarithm of 2 in two parts, the first with so few digits that its multiples are exact.
  let rest = exponents - whole * 0.693_359_375 + whole * 2.121_944_4e-4
  // Taylor's series: the first term left out is below 6e-9.
  var power = rest * (1.0 / 5040) + 1.0 / 720
  power = power * rest + 1.0 / 120
  power = power * rest + 1.0 / 24
  power = power * rest + 1.0 / 6
  power = power * rest + 0.5
  power = power * rest + 1
  power = power * rest + 1
  let bits = unsafeBitCast(rounded, to: SIMD8<UInt32>.self)
  let scale = (bits &+ 127) &<< SIMD8<UInt32>(repeating: 23)
  return power * unsafeBitCast(scale, to: SIMD8<Float>.self)
}
