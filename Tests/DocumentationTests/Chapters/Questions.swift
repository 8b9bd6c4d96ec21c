// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Foundation
import MultiBox

extension Chapter {
  static func questions(_ print: (Any...) -> Void) throws {
    let configuration = SSDConfiguration.ssd300(classes: .voc)

    func softmax(_ scores: [Float]) -> [Float] {
      let powers = scores.map { exp($0) }
      return powers.map { $0 / powers.reduce(0, +) }
    }

    print(softmax([5, 1, 1]))  // [0.9647, 0.0177, 0.0177]
    print(softmax([1, 1]))  // [0.5, 0.5]

    let scores = softmax([1.0, 0.8, -2, -2])
    print(scores[0] > scores[1], scores[1] > 0.2)  // true true

    print(configuration.featureMaps.map(\.priorCount))
    // [5776, 2166, 600, 150, 36, 4]
    print(5776 + 2166 + 600 + 150 + 36 + 4)  // 8732

    let pictures = 120_000 * 32
    for batch in [32, 16, 8] {
      print(batch, pictures / batch, 1e-3 * Double(batch) / 32)
    }

    let mine = SSDConfiguration.ssd300(classes: ClassList(["screw", "nut"]))
    print(
      mine.scoreCount, mine.featureMaps[0].priorsPerPosition * mine.scoreCount)
    // 3 12

    var thin = configuration
    thin.featureMaps[0].aspectRatios = [1, 2, 0.5, 5, 0.2]
    print(thin.featureMaps[0].priorsPerPosition, PriorBoxes(thin).count)
    // 6 11620
  }
}
