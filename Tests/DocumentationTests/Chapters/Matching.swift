// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func matching(_ print: (Any...) -> Void) throws {
    var toy = SSDConfiguration.ssd300(classes: ClassList(["circle", "star"]))
    toy.featureMaps = [
      FeatureMap(
        name: "toy", size: 2, scale: 0.5, extraScale: nil, aspectRatios: [1, 2])
    ]
    toy.clipsPriors = false
    let priors = PriorBoxes(toy)

    let circle = BoundingBox(xMin: 0.05, yMin: 0.05, xMax: 0.45, yMax: 0.5)
    let star = BoundingBox(xMin: 0.7, yMin: 0.52, xMax: 0.8, yMax: 0.8)
    let matcher = PriorMatcher(priors: priors)
    let (withCircle, withStar) = (
      matcher.ious(with: circle), matcher.ious(with: star)
    )
    for prior in 0..<priors.count {
      print(prior, withCircle[prior], withStar[prior])
    }

    let match = matcher.match([circle, star])
    print(match.objects)  // [0, -1, -1, -1, -1, -1, 1, -1]
    print(match.forced, match.positiveCount)  // [0, 6] 2

    let objects = [
      GroundTruthObject(box: circle, classIndex: 1),
      GroundTruthObject(box: star, classIndex: 2),
    ]
    let targets = TrainingTargets([objects], priors: priors, matcher: matcher)
    print(targets.classes)  // [1, 0, 0, 0, 0, 0, 2, 0]
    print(
      targets.offsets[0], targets.offsets[1], targets.offsets[2],
      targets.offsets[3])

    let real = PriorMatcher(priors: PriorBoxes(.ssd300(classes: .voc)))
    for side: Float in [0.02, 0.05, 0.1, 0.2, 0.4, 0.8] {
      let half = side / 2
      let object = BoundingBox(
        xMin: 0.5 - half, yMin: 0.5 - half, xMax: 0.5 + half, yMax: 0.5 + half)
      print(side, real.match([object]).positiveCount)
    }
  }
}
