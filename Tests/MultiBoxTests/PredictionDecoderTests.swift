import Foundation
import MultiBox
import Testing

@Suite struct PredictionDecoderTests {
  /// The reference's priors are not clipped.
  private static let configuration: SSDConfiguration = {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.clipsPriors = false
    return configuration
  }()
  private let decoder = PredictionDecoder(configuration)
  private var priorCount: Int { decoder.priors.count }

  @Test(
    arguments: [
      ("evaluation", DetectionSettings.evaluation),
      ("inference", DetectionSettings()),
      ("top5", DetectionSettings(minimumScore: 0.05, iouThreshold: 0.3, limit: 5)),
    ], [0, 1])
  func `detections equal the reference's`(
    setting: (name: String, settings: DetectionSettings), image: Int
  ) throws {
    let golden = try GoldenArrays("detect_objects")
    let offsets = try golden.floats("locations")
    let logits = try golden.floats("scores")
    let found = detections(
      Array(offsets[image * priorCount * 4..<(image + 1) * priorCount * 4]),
      Array(logits[image * priorCount * 21..<(image + 1) * priorCount * 21]), setting.settings)
    let name = "\(setting.name)_\(image)"
    let expectedScores = try golden.floats("\(name)_scores")
    try #require(found.count == expectedScores.count)
    let classIndices = try golden.integers("\(name)_labels")
    #expect(found.map(\.classIndex) == classIndices)
    #expect(zip(found, expectedScores).allSatisfy { abs($0.score - $1) < 1e-5 })
    let boxes = try golden.boundaryBoxes("\(name)_boxes")
    #expect(greatestDifference(found.map(\.box), boxes) < 1e-5)
    #expect(found.allSatisfy { $0.label == ClassList.voc.label(at: $0.classIndex) })
  }

  @Test func `detections of a class do not overlap by more than the limit and come best first`()
    throws
  {
    let found = try fixture(.evaluation)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
    for (position, detection) in found.enumerated() {
      #expect(
        !found[..<position].contains {
          $0.classIndex == detection.classIndex && $0.box.iou(with: detection.box) > 0.45
        })
    }
  }

  @Test func `a smaller limit gives the beginning of the same list`() throws {
    let found = try fixture(.evaluation)
    var settings = DetectionSettings.evaluation
    for limit in [0, 1, 17, 100] {
      settings.limit = limit
      let fewer = try fixture(settings)
      #expect(fewer == Array(found.prefix(limit)))
    }
  }

  @Test func `excluded classes are left out and the others stay`() throws {
    let all = try fixture(DetectionSettings())
    let label = try #require(all.first?.label)
    let rest = try fixture(DetectionSettings(), excluding: [label])
    #expect(rest == all.filter { $0.label != label })
  }

  @Test func `across classes, a box is also dropped for a better one of another class`() throws {
    var settings = DetectionSettings.evaluation
    settings.limit = .max
    let offsets = noise(seed: 3, count: priorCount * 4)
    let logits = noise(seed: 4, count: priorCount * 21).map { $0 * 4 }
    let byClass = detections(offsets, logits, settings)
    settings.nmsAcrossClasses = true
    let found = detections(offsets, logits, settings)
    #expect(found.first == byClass.first)
    #expect(found.count < byClass.count && Set(found.map(\.classIndex)).count > 1)
    for (position, detection) in found.enumerated() {
      #expect(
        !found[..<position].contains { $0.box.iou(with: detection.box) > settings.iouThreshold })
    }
    // Every candidate, as a threshold of 1 drops none but copies.
    settings.nmsAcrossClasses = false
    settings.iouThreshold = 1
    let candidates = detections(offsets, logits, settings)
    let kept = nms(candidates.map(\.box), scores: candidates.map(\.score), iouThreshold: 0.45)
    #expect(found == kept.map { candidates[$0] })
  }

  @Test func `a limit of candidates leaves each class its best`() throws {
    var settings = DetectionSettings.evaluation
    let exact = try fixture(settings)
    settings.maximumCandidates = priorCount
    let all = try fixture(settings)
    #expect(all == exact)
    settings.maximumCandidates = 1
    let found = try fixture(settings)
    #expect(Set(found.map(\.classIndex)).count == found.count)
    #expect(found.first == exact.first)
  }

  @Test func `detections are the same as when each class is decoded and suppressed by itself`()
    throws
  {
    let offsets = noise(seed: 1, count: priorCount * 4)
    let logits = noise(seed: 2, count: priorCount * 21).map { $0 * 3 }
    let settings = DetectionSettings(minimumScore: 0.1, iouThreshold: 0.3)
    var expected: [Detection] = []
    for classIndex in 1...20 {
      var candidates: [(box: BoundingBox, score: Float)] = []
      for prior in 0..<priorCount {
        let powers = logits[prior * 21..<(prior + 1) * 21].map { exp($0) }
        let score = powers[classIndex] / powers.reduce(0, +)
        guard score > settings.minimumScore else { continue }
        let encoded = Offsets(
          centerX: offsets[prior * 4], centerY: offsets[prior * 4 + 1],
          width: offsets[prior * 4 + 2], height: offsets[prior * 4 + 3])
        candidates.append((BoundingBox(encoded.box(from: decoder.priors.centerSize[prior])), score))
      }
      candidates.sort { $0.score > $1.score }
      for index in nms(
        candidates.map(\.box), scores: candidates.map(\.score), iouThreshold: settings.iouThreshold)
      {
        expected.append(
          Detection(
            box: candidates[index].box, classIndex: classIndex,
            label: ClassList.voc.label(at: classIndex), score: candidates[index].score))
      }
    }
    expected.sort { $0.score > $1.score }
    try #require(expected.count > settings.limit)
    let found = detections(offsets, logits, settings)
    #expect(found.map(\.box) == expected.prefix(settings.limit).map(\.box))
    #expect(found.map(\.classIndex) == expected.prefix(settings.limit).map(\.classIndex))
    #expect(zip(found, expected).allSatisfy { abs($0.score - $1.score) < 1e-6 })
  }

  @Test func `equal scores keep the order of classes and priors`() {
    let offsets = Array(repeating: Float(0), count: priorCount * 4)
    let logits = Array(repeating: Float(0), count: priorCount * 21)
    let found = detections(offsets, logits, .evaluation)
    #expect(found.count == 200)
    #expect(found.first?.classIndex == 1)
    #expect(found.first?.box == decoder.priors.boundary[0])
    #expect(found.map(\.classIndex) == found.map(\.classIndex).sorted())
  }

  @Test(arguments: [Float.nan, .infinity])
  func `scores that are not finite give no detections`(value: Float) {
    let offsets = Array(repeating: Float(0), count: priorCount * 4)
    var logits = Array(repeating: Float(0), count: priorCount * 21)
    for index in logits.indices where index % 21 == 4 { logits[index] = value }
    #expect(detections(offsets, logits, .evaluation).isEmpty)
    #expect(
      detections(
        offsets, Array(repeating: value, count: priorCount * 21),
        DetectionSettings(minimumScore: 0)
      ).isEmpty)
  }

  @Test(
    arguments: [Float.nan, .infinity, -.infinity, 1e30, -1e30])
  func `boxes without area or not finite give no detections`(value: Float) {
    let logits = (0..<priorCount * 21).map { Float($0 % 21 == 3 ? 5 : 0) }
    #expect(
      detections(Array(repeating: value, count: priorCount * 4), logits, .evaluation).isEmpty)
    let good = Array(repeating: Float(0), count: priorCount * 4)
    #expect(!detections(good, logits, .evaluation).isEmpty)
  }

  @Test func `scores far apart neither overflow nor pass`() {
    let offsets = Array(repeating: Float(0), count: priorCount * 4)
    var logits = Array(repeating: Float(-3e38), count: priorCount * 21)
    logits[21 * 100 + 7] = 3e38
    logits[21 * 200] = 3e38
    for row in 0..<priorCount where row != 100 { logits[row * 21] = 0 }
    let found = detections(offsets, logits, .evaluation)
    #expect(found.map(\.classIndex) == [7])
    #expect(found.map(\.score) == [1])
  }

  private func fixture(
    _ settings: DetectionSettings, excluding labels: Set<String> = []
  ) throws -> [Detection] {
    let golden = try GoldenArrays("detect_objects")
    return detections(
      try Array(golden.floats("locations").prefix(priorCount * 4)),
      try Array(golden.floats("scores").prefix(priorCount * 21)), settings, excluding: labels)
  }

  private func detections(
    _ offsets: [Float], _ logits: [Float], _ settings: DetectionSettings,
    excluding labels: Set<String> = []
  ) -> [Detection] {
    offsets.withUnsafeBufferPointer { offsets in
      logits.withUnsafeBufferPointer { logits in
        decoder.detections(
          offsets: offsets, logits: logits, settings: settings, excluding: labels)
      }
    }
  }

  /// Numbers from -1 to 1 that look random and are the same every time.
  private func noise(seed: UInt32, count: Int) -> [Float] {
    (0..<UInt32(count)).map { index in
      var bits = index &* 0x9E37_79B9 &+ seed &* 0x85EB_CA6B
      bits = (bits ^ bits >> 16) &* 0x7FEB_352D
      bits = (bits ^ bits >> 15) &* 0x846C_A68B
      return Float((bits ^ bits >> 16) >> 8) / Float(1 << 23) - 1
    }
  }
}
