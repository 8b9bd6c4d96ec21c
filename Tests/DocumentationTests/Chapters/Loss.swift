// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Foundation
import MultiBox
import SSD
import Torch

extension Chapter {
  static func loss(_ print: (Any...) -> Void) throws {
    var toy = SSDConfiguration.ssd300(classes: ClassList(["circle", "star"]))
    toy.featureMaps = [
      FeatureMap(
        name: "toy", size: 3, scale: 1.0 / 3, extraScale: nil, aspectRatios: [1]
      )
    ]
    let priors = PriorBoxes(toy)
    let object = GroundTruthObject(
      box: BoundingBox(xMin: 0.35, yMin: 0.35, xMax: 0.65, yMax: 0.7),
      classIndex: 1)
    let loss = MultiBoxLoss(priors: priors)
    let targets = loss.targets(for: [[object]])
    print(targets.classes)  // [0, 0, 0, 0, 1, 0, 0, 0, 0]

    let logits: [[Float]] = [
      [3, 0, 0], [0, 0, 0], [3, 0, 0],
      [3, 0, 0], [0, 2, 0], [0, 1, 0],
      [3, 0, 0], [1, 0, 0], [3, 0, 0],
    ]

    func smoothL1(_ difference: Float) -> Float {
      abs(difference) < 1 ? difference * difference / 2 : abs(difference) - 0.5
    }

    let wanted = Array(targets.offsets[4 * 4..<5 * 4])
    print(wanted)  // [0.0, 0.75, -0.5268, 0.244]
    let localization = wanted.reduce(0) { $0 + smoothL1($1 - 0) }
    print(localization)  // 0.4498

    func crossEntropy(_ logits: [Float], _ target: Int) -> Float {
      log(logits.reduce(0) { $0 + exp($1) }) - logits[target]
    }

    let surprise = zip(logits, targets.classes).map {
      crossEntropy($0, Int($1))
    }
    print(surprise[4])  // 0.2395
    print(surprise[5], surprise[1], surprise[7], surprise[0])
    // 1.5514 1.0986 0.5514 0.0949

    let negatives = surprise.indices.filter { $0 != 4 }.map { surprise[$0] }
      .sorted(by: >)
    let hard = negatives.prefix(3)
    print(Array(hard))  // [1.5514, 1.0986, 0.5514]
    let confidence = surprise[4] + hard.reduce(0, +)
    print(confidence)  // 3.441

    let parts = loss(
      locations: Tensor.zeros([1, 9, 4]),
      scores: Tensor(logits.flatMap { $0 }, shape: [1, 9, 3]),
      targets: targets)
    print(parts.localization.scalar, parts.confidence.scalar)  // 0.4498 3.441
    print(parts.total.scalar)  // 3.8908

    print(4 * log(21.0))  // 12.178
  }
}
