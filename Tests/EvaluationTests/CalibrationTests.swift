import Evaluation
import Testing

@Suite("Calibration")
struct CalibrationTests {
  /// Worked by hand: |0.5 - 0.85| * 2 / 4 and |1 - 0.35| * 2 / 4.
  @Test("the expected error weighs each bin's distance by its detections")
  func expectedError() throws {
    let calibration = calibration([(0.82, true), (0.88, false), (0.32, true), (0.38, true)])
    let (expected, greatest) = (0.5, 0.65)
    let error = try #require(calibration.expectedError)
    #expect(abs(error - expected) < 1e-12)
    let worst = try #require(calibration.greatestError)
    #expect(abs(worst - greatest) < 1e-12)
    #expect(calibration.bins[8].precision == 0.5)
    let score = try #require(calibration.bins[8].meanScore)
    #expect(abs(score - 0.85) < 1e-12)
    #expect(calibration.bins[0].precision == nil)
  }

  /// A closed form: of n detections that score k/n, k are right.
  @Test("honest scores have no error")
  func honest() throws {
    var calibration = Calibration()
    for tenths in 1...9 {
      for number in 0..<10 {
        calibration.add(score: Double(tenths) / 10, isHit: number < tenths)
      }
    }
    let error = try #require(calibration.expectedError)
    #expect(error < 1e-12)
  }

  /// A closed form: scores k/1000 for k in 0..<1000, all wrong, have the mean score as error.
  @Test("scores that are never right are wrong by their mean")
  func neverRight() throws {
    var calibration = Calibration()
    for number in 0..<1000 { calibration.add(score: Double(number) / 1000, isHit: false) }
    let error = try #require(calibration.expectedError)
    #expect(abs(error - 0.4995) < 1e-9)
    #expect(calibration.bins.map(\.count) == Array(repeating: 100, count: 10))
  }

  @Test("a score of 1 belongs to the last bin, one on a bound to the upper one")
  func bounds() {
    let calibration = calibration([(1, true), (0.3, true), (0.7, true), (0, false)])
    #expect(calibration.bins.map(\.count) == [1, 0, 0, 1, 0, 0, 0, 1, 0, 1])
  }

  @Test("leaves out scores below the least one, and scores that are no numbers")
  func leastScore() {
    var calibration = Calibration(minimumScore: 0.05)
    calibration.add(score: 0.04, isHit: false)
    calibration.add(score: .nan, isHit: false)
    #expect(calibration.count == 0)
    #expect(calibration.expectedError == nil)
  }

  private func calibration(_ detections: [(Double, Bool)]) -> Calibration {
    var calibration = Calibration()
    for (score, isHit) in detections { calibration.add(score: score, isHit: isHit) }
    return calibration
  }
}
