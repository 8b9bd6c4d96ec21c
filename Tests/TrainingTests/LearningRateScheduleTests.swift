import Testing
import Training

@Suite("The learning rate")
struct LearningRateScheduleTests {
  @Test func fallsAfterTheIterationsOfThePaper() {
    let schedule = LearningRateSchedule(initial: 1e-3, iterations: 120_000)
    let expected: [(Int, Double)] = [
      (0, 1e-3), (79_999, 1e-3), (80_000, 1e-4), (99_999, 1e-4), (100_000, 1e-5), (119_999, 1e-5),
    ]
    for (iteration, rate) in expected {
      #expect(abs(schedule.learningRate(at: iteration) - rate) < 1e-12, "\(iteration)")
    }
  }

  @Test func scalesItsStepsWithTheLengthOfTheRun() {
    let schedule = LearningRateSchedule(initial: 1, iterations: 12)
    #expect((0..<12).map { schedule.learningRate(at: $0) }.prefix(8).allSatisfy { $0 == 1 })
    #expect(abs(schedule.learningRate(at: 8) - 0.1) < 1e-12)
    #expect(abs(schedule.learningRate(at: 10) - 0.01) < 1e-12)
  }

  @Test func risesEvenlyWhileItWarmsUp() {
    let schedule = LearningRateSchedule(initial: 0.4, iterations: 100, warmUpIterations: 4)
    let rates = (0..<5).map { schedule.learningRate(at: $0) }
    for (rate, expected) in zip(rates, [0.1, 0.2, 0.3, 0.4, 0.4]) {
      #expect(abs(rate - expected) < 1e-12)
    }
  }

  @Test func followsHalfACosine() {
    let schedule = LearningRateSchedule(
      initial: 2, iterations: 110, warmUpIterations: 10, decay: .cosine)
    #expect(schedule.learningRate(at: 10) == 2)
    #expect(abs(schedule.learningRate(at: 60) - 1) < 1e-12)
    // cos(60 degrees) = 1/2, so a third of the way leaves three quarters.
    #expect(abs(schedule.learningRate(at: 10 + 33) - (1 + cosine(33 * 180.0 / 100))) < 1e-12)
    #expect(schedule.learningRate(at: 110) < 1e-12)
  }

  private func cosine(_ degrees: Double) -> Double {
    // By its series, so that the test does not call what it tests.
    let x = degrees * .pi / 180
    var term = 1.0
    var sum = 1.0
    for n in 1...20 {
      term *= -x * x / Double((2 * n - 1) * (2 * n))
      sum += term
    }
    return sum
  }

  @Test func keepsTheNumberOfImagesOfThePaperWithAnyBatch() {
    #expect(TrainingConfiguration.paperIterations(batchSize: 32) == 120_000)
    #expect(TrainingConfiguration.paperIterations(batchSize: 8) == 480_000)
  }
}
