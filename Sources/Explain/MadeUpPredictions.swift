import Datasets
import MultiBox

extension SSDConfiguration {
  /// A network of a single map of 4 x 4 positions with one square prior each: small enough to see
  /// every prior.
  public static func sixteenPriors(classes: ClassList) -> SSDConfiguration {
    var configuration = SSDConfiguration.ssd300(classes: classes)
    configuration.name = "a small example"
    configuration.featureMaps = [
      FeatureMap(name: "map", size: 4, scale: 0.45, extraScale: nil, aspectRatios: [1])
    ]
    return configuration
  }
}

extension RawPredictions {
  /// Made-up predictions, for want of a model: the nearer a prior is to an object, the surer its
  /// class, and the offsets lead a good part of the way. The same seed gives the same numbers.
  public init(
    madeUpFor scene: ExplainedScene, configuration: SSDConfiguration, seed: UInt64 = 1
  ) {
    let priors = PriorBoxes(configuration)
    let matcher = PriorMatcher(priors: priors, configuration: configuration.loss)
    let targets = TrainingTargets([scene.objects], priors: priors, matcher: matcher)
    let overlaps = scene.objects.map { matcher.ious(with: $0.box) }
    var generator = SeededGenerator(seed: seed)
    var logits: [Float] = []
    for prior in 0..<priors.count {
      let nearest = overlaps.indices.max { overlaps[$0][prior] < overlaps[$1][prior] }
      let overlap = nearest.map { overlaps[$0][prior] } ?? 0
      var row = (0..<configuration.scoreCount).map { _ in
        Float(generator.uniform(in: -0.8...0.8))
      }
      row[0] += 2.6 - 3 * overlap
      if let nearest { row[scene.objects[nearest].classIndex] += 4.5 * overlap }
      logits += row
    }
    let offsets = targets.offsets.map { target in
      target == 0 ? 0 : 0.7 * target + Float(generator.uniform(in: -0.5...0.5))
    }
    self.init(imageCount: 1, offsets: offsets, logits: logits)
  }
}
