import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

/// What a GPU does, done by the CPU: the operators are the same.
@Suite("Matching by operators of fixed shapes")
struct TensorMatcherTests {
  private static let priors = MultiBoxLossTests.priors

  /// Images with no, one, several, many small and equal objects.
  private func images(seed: UInt64, counts: [Int]) -> [[GroundTruthObject]] {
    Runtime.seed(seed)
    return counts.map { count in
      let unit = Tensor.zeros([max(count, 1) * 5])
      unit.fillUniform(0...1)
      let values: [Float] = unit.array()
      return (0..<count).map { object in
        let v = Array(values[object * 5..<object * 5 + 5])
        let (width, height) = (0.01 + 0.6 * v[2] * v[2], 0.01 + 0.6 * v[3] * v[3])
        let (left, top) = (v[0] * (1 - width), v[1] * (1 - height))
        return GroundTruthObject(
          box: BoundingBox(xMin: left, yMin: top, xMax: left + width, yMax: top + height),
          classIndex: 1 + Int(v[4] * 19))
      }
    }
  }

  /// Both matchers' targets of the same images.
  private func compare(
    _ images: [[GroundTruthObject]], forcedMatch: LossConfiguration.ForcedMatch,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let configuration = LossConfiguration(forcedMatch: forcedMatch)
    let expected = MultiBoxLoss(priors: Self.priors, configuration: configuration)
      .targets(for: images)
    let matcher = TensorMatcher(priors: Self.priors, configuration: configuration, on: .cpu)
    let targets = matcher(
      ObjectTensors(images, capacity: ObjectTensors.capacity(for: images)))
    #expect(targets.classes.array() == expected.classes, sourceLocation: sourceLocation)
    #expect(
      targets.positiveCount.scalar == Double(expected.positiveCount), sourceLocation: sourceLocation
    )
    let offsets: [Float] = targets.offsets.array()
    #expect(
      zip(offsets, expected.offsets).allSatisfy { abs($0 - $1) <= 1e-5 * max(abs($1), 1) },
      sourceLocation: sourceLocation)
  }

  @Test(arguments: LossConfiguration.ForcedMatch.allCases, [1, 2, 3] as [UInt64])
  func givesEveryPriorTheObjectThatTheOtherMatcherGivesIt(
    forcedMatch: LossConfiguration.ForcedMatch, seed: UInt64
  ) {
    compare(images(seed: seed, counts: [0, 1, 3, 8, 5, 0]), forcedMatch: forcedMatch)
    compare(images(seed: seed, counts: [0]), forcedMatch: forcedMatch)
    compare(images(seed: seed, counts: [33, 2]), forcedMatch: forcedMatch)
  }

  @Test(arguments: LossConfiguration.ForcedMatch.allCases)
  func sharesOutPriorsAmongEqualAndNestedObjects(forcedMatch: LossConfiguration.ForcedMatch) {
    func object(_ side: Float, classIndex: Int) -> GroundTruthObject {
      GroundTruthObject(
        box: BoundingBox(
          xMin: 0.5 - side / 2, yMin: 0.5 - side / 2, xMax: 0.5 + side / 2, yMax: 0.5 + side / 2),
        classIndex: classIndex)
    }
    let equal = (1...8).map { object(0.02, classIndex: $0) }
    let nested = (1...6).map { object(0.15 * Float($0), classIndex: $0) }
    // Many priors lie inside the last one and overlap it equally.
    compare([equal, nested, [object(1, classIndex: 7)]], forcedMatch: forcedMatch)
  }

  @Test(arguments: [false, true])
  func agreesWithTheReferenceInTargetsAndLoss(summed: Bool) throws {
    let golden = try MultiBoxLossTests.Golden()
    let configuration = LossConfiguration(
      averagesCoordinates: !summed, forcedMatch: .laterObjectWins)
    let matcher = TensorMatcher(priors: Self.priors, configuration: configuration, on: .cpu)
    let targets = matcher(
      ObjectTensors(golden.objects, capacity: ObjectTensors.capacity(for: golden.objects)))
    #expect(try targets.classes.array() == golden.file.integers("target_classes"))
    let unique = TensorMatcher(priors: Self.priors, configuration: LossConfiguration(), on: .cpu)
    #expect(
      try unique(ObjectTensors(golden.objects, capacity: 16)).classes.array()
        == golden.file.integers("target_classes_unique"))

    let loss = MultiBoxLoss(priors: Self.priors, configuration: configuration)
    let parts = loss(
      locations: golden.locations, scores: golden.scores, targets: targets,
      positives: targets.positiveCount)
    let key = "smooth_l1" + (summed ? "_summed_over_coordinates_alpha_1.0" : "_alpha_1.0")
    let expected = try #require((golden.figures[key] as? [String: Double])?["loss"])
    #expect(abs(parts.total.scalar - expected) <= 1e-4 * expected)
  }

  @Test func batchesWithoutObjectsHaveTheLossZeroAndNoGradient() {
    let loss = MultiBoxLoss(priors: Self.priors)
    let scores = HashTensor.tensor([2, 8732, 21], layer: 2)
    let locations = HashTensor.tensor([2, 8732, 4], layer: 1)
    for tensor in [locations, scores] { tensor.setRequiresGradient(true) }
    let targets = TensorMatcher(priors: Self.priors, configuration: .init(), on: .cpu)(
      ObjectTensors([[], []], capacity: 8))
    let parts = loss(
      locations: locations, scores: scores, targets: targets, positives: targets.positiveCount)
    #expect(parts.total.scalar == 0)
    parts.total.backward()
    for tensor in [locations, scores] {
      #expect(tensor.gradient?.magnitude().sum().scalar == 0)
    }
  }

  @Test func roomGrowsInPowersOfTwo() {
    for (most, capacity) in [(0, 8), (8, 8), (9, 16), (33, 64), (100, 128)] {
      #expect(ObjectTensors.capacity(for: images(seed: 1, counts: [1, most])) == capacity)
    }
  }
}
