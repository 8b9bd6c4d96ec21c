import Foundation
import Report
import Testing

@Suite("The log of a run")
struct TrainingHistoryTests {
  private let step = """
    {"confidenceLoss":2.5,"dataSeconds":0.1,"epoch":1,"gradientNorm":7,"images":16,"iteration":10,\
    "kind":"step","learningRate":0.003,"localizationLoss":1.5,"loss":4,"seconds":0.2}
    """
  private let validation = """
    {"epoch":1,"isBest":true,"iteration":62,"kind":"validation","loss":3.5,"meanAveragePrecision":0.25,\
    "seconds":4}
    """

  @Test("is read line by line")
  func lines() {
    let history = TrainingHistory(Data("\(step)\n\(validation)\n".utf8))
    #expect(history.steps.map(\.loss) == [4])
    #expect(history.validations.map(\.meanAveragePrecision) == [0.25])
    #expect(history.best?.iteration == 62)
    #expect(history.iterations == 62)
    #expect(history.unreadableLines == 0)
  }

  @Test("that was cut off in the middle of a line is read up to there")
  func cutOff() {
    let history = TrainingHistory(Data("\(step)\n\(validation.prefix(40))".utf8))
    #expect(history.steps.count == 1)
    #expect(history.validations.isEmpty)
    #expect(history.unreadableLines == 1)
  }

  @Test("may hold kinds of lines and members that came later")
  func unknownKinds() {
    let later = step.replacing("\"kind\"", with: "\"new\":{\"a\":1},\"kind\"")
    let history = TrainingHistory(Data("{\"kind\":\"skipped\"}\n\(later)\n".utf8))
    #expect(history.steps.count == 1)
    #expect(history.unreadableLines == 0)
  }

  @Test("of a validation without objects has no score")
  func noScore() {
    let line = validation.replacing("\"meanAveragePrecision\":0.25,", with: "")
    let history = TrainingHistory(Data(line.utf8))
    #expect(history.validations.count == 1)
    #expect(history.validations.first?.meanAveragePrecision == nil)
  }
}
