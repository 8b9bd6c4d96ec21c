import Foundation
import MultiBox

extension RawPredictions {
  /// How far the probabilities, 0...1, of two engines are apart.
  ///
  /// - Parameter columns: class scores of each prior, background included.
  func scoreDifference(
    from other: RawPredictions, columns: Int
  ) -> (greatest: Float, rootMeanSquare: Double) {
    var greatest: Float = 0
    var squares = 0.0
    for row in 0..<logits.count / columns {
      let range = row * columns..<(row + 1) * columns
      for (a, b) in zip(Self.softmax(logits[range]), Self.softmax(other.logits[range])) {
        // What is no number counts as far off.
        let distance = (a - b).isNaN ? 1 : abs(a - b)
        greatest = max(greatest, distance)
        squares += Double(distance * distance)
      }
    }
    return (greatest, (squares / Double(max(logits.count, 1))).squareRoot())
  }

  private static func softmax(_ logits: ArraySlice<Float>) -> [Float] {
    let greatest = logits.max() ?? 0
    let powers = logits.map { exp($0 - greatest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
