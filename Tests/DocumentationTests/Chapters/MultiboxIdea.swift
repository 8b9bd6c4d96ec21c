// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Foundation
import MultiBox

extension Chapter {
  static func multiboxIdea(_ print: (Any...) -> Void) throws {
    let configuration = SSDConfiguration.ssd300(classes: .voc)
    let priors = PriorBoxes(configuration)
    print(priors.count, configuration.scoreCount)  // 8732 21
    print(priors.count * (4 + configuration.scoreCount))  // 218300

    print(ClassList.voc.label(at: 0), ClassList.voc.label(at: 1))
    // background aeroplane

    func softmax(_ scores: [Float]) -> [Float] {
      let powers = scores.map { exp($0) }
      return powers.map { $0 / powers.reduce(0, +) }
    }

    let empty = softmax([4, 1, 0])
    print(empty[0], empty[1], empty[2])  // 0.936 0.047 0.017
    let circle = softmax([0, 4, 1])
    print(circle[0], circle[1], circle[2])  // 0.017 0.936 0.047
  }
}
