import Evaluation
import Foundation
import MultiBox
import Testing

@Suite("Average precision")
struct AveragePrecisionTests {
  private let classes = ClassList(["cat", "dog"])

  @Test("equals the reference evaluator's on 60 images with difficult objects")
  func golden() throws {
    let golden = try Golden.load()
    let classes = ClassList(golden.classes)
    var evaluator = AveragePrecisionEvaluator(classes: classes)
    for image in golden.images {
      evaluator.add(
        detections: image.detections.map {
          Detection(
            box: $0.boundary, classIndex: $0.class, label: classes.label(at: $0.class),
            score: $0.score ?? .nan)
        },
        objects: image.objects.map {
          GroundTruthObject(
            box: $0.boundary, classIndex: $0.class, isDifficult: $0.difficult ?? false)
        })
    }
    let report = EvaluationReport(evaluator.results())
    for figures in report.classes {
      let expected = try #require(golden.expected.perClass[figures.label])
      let measured = try #require(figures.voc07)
      #expect(abs(measured - expected) < 1e-6, "\(figures.label)")
    }
    #expect(abs(try #require(report.mean.voc07) - golden.expected.mean) < 1e-6)
    #expect(report.classes.contains { $0.difficultCount > 0 })
  }

  @Test("a second detection of an object is false")
  func secondDetection() {
    let result = evaluate([detection(0.9, 0), detection(0.8, 0.01)], [object(0)])
    #expect(result.curve.precision == [1, 0.5])
    #expect(result.curve.recall == [1, 1])
  }

  @Test("detections on difficult objects neither count nor punish, however many")
  func difficultObjects() {
    let result = evaluate(
      [detection(0.9, 0), detection(0.8, 0), detection(0.7, 0.5)],
      [object(0, isDifficult: true), object(0.5)])
    #expect(result.curve.scores == [0.7])
    #expect(result.curve.areaAveragePrecision == 1)
    #expect(result.difficultCount == 1)
    #expect(result.curve.objectCount == 1)
    #expect(result.detectionCount == 3)
  }

  @Test("a detection looks only at the object it overlaps most")
  func nearestObject() {
    // The second lies on the first object, too, and less on the free one beside it.
    let result = evaluate(
      [detection(0.9, 0), detection(0.8, 0.02)], [object(0), object(0.06)])
    #expect(result.curve.recall == [0.5, 0.5])
  }

  @Test("an overlap of exactly the threshold is not enough")
  func threshold() {
    let whole = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
    let half = BoundingBox(xMin: 0, yMin: 0, xMax: 0.5, yMax: 1)
    let result = evaluate(
      [Detection(box: half, classIndex: 1, label: "cat", score: 1)],
      [GroundTruthObject(box: whole, classIndex: 1)])
    #expect(result.curve.recall == [0])
  }

  @Test("counting the last pixel widens boxes by one")
  func pixelInclusive() {
    // 1 of 2 pixels against 2 of 3.
    let detection = Detection(
      box: BoundingBox(xMin: 1, yMin: 1, xMax: 2, yMax: 2), classIndex: 1, label: "cat", score: 1)
    let object = GroundTruthObject(
      box: BoundingBox(xMin: 1, yMin: 1, xMax: 3, yMax: 2), classIndex: 1)
    for (pixelInclusive, recall) in [(true, 1.0), (false, 0.0)] {
      var evaluator = AveragePrecisionEvaluator(classes: classes, pixelInclusive: pixelInclusive)
      evaluator.add(detections: [detection], objects: [object])
      #expect(evaluator.results()[0].curve.recall == [recall])
    }
  }

  @Test("detections do not find objects of other classes or images")
  func otherClassesAndImages() {
    var evaluator = AveragePrecisionEvaluator(classes: classes)
    evaluator.add(detections: [detection(0.9, 0, classIndex: 2)], objects: [object(0)])
    evaluator.add(detections: [detection(0.9, 0)], objects: [])
    for result in evaluator.results() {
      #expect(result.curve.precision == [0])
      #expect(result.curve.recall == [0])
    }
  }

  @Test("scores are compared over all images")
  func scoresOverImages() {
    var evaluator = AveragePrecisionEvaluator(classes: classes)
    evaluator.add(detections: [detection(0.2, 0)], objects: [object(0)])
    evaluator.add(detections: [detection(0.7, 0)], objects: [])
    evaluator.add(detections: [detection(0.9, 0)], objects: [object(0)])
    let curve = evaluator.results()[0].curve
    #expect(curve.scores == [0.9, 0.7, 0.2])
    #expect(curve.precision == [1, 0.5, 2.0 / 3])
    #expect(curve.precisionEnvelope == [1, 2.0 / 3, 2.0 / 3])
    #expect(abs((curve.areaAveragePrecision ?? 0) - (0.5 + 0.5 * 2 / 3)) < 1e-12)
    // Recalls 0 ... 0.5 are reached with precision 1, the five others with 2/3.
    #expect(abs((curve.elevenPointAveragePrecision ?? 0) - (6 + 5 * 2.0 / 3) / 11) < 1e-12)
  }

  @Test("three of ten objects reach the recall 0.3")
  func recallOfTenths() {
    for found in 0...10 {
      let curve = PrecisionRecallCurve(
        scores: Array(repeating: 0.5, count: found), isHit: Array(repeating: true, count: found),
        objectCount: 10)
      let expected = found == 0 ? 0 : Double(found + 1) / 11
      #expect(abs((curve.elevenPointAveragePrecision ?? -1) - expected) < 1e-12)
    }
  }

  @Test("a class without objects has no average precision")
  func noObjects() {
    let result = evaluate([detection(0.9, 0)], [object(0, isDifficult: true)])
    #expect(result.curve.elevenPointAveragePrecision == nil)
    #expect(result.curve.areaAveragePrecision == nil)
    #expect(evaluate([], [object(0)]).curve.elevenPointAveragePrecision == 0)
  }

  @Test("a score that is not a number ranks last")
  func scoreNotANumber() {
    let result = evaluate([detection(.nan, 0), detection(0.1, 0)], [object(0)])
    #expect(result.curve.precision == [1, 0.5])
  }

  private func detection(_ score: Float, _ x: Float, classIndex: Int = 1) -> Detection {
    Detection(
      box: square(x), classIndex: classIndex, label: classes.label(at: classIndex), score: score)
  }

  private func object(_ x: Float, isDifficult: Bool = false) -> GroundTruthObject {
    GroundTruthObject(box: square(x), classIndex: 1, isDifficult: isDifficult)
  }

  private func square(_ x: Float) -> BoundingBox {
    BoundingBox(xMin: x, yMin: 0, xMax: x + 0.2, yMax: 0.2)
  }

  /// The first class's result over one image.
  private func evaluate(
    _ detections: [Detection], _ objects: [GroundTruthObject]
  ) -> AveragePrecisionEvaluator.ClassResult {
    var evaluator = AveragePrecisionEvaluator(classes: classes)
    evaluator.add(detections: detections, objects: objects)
    return evaluator.results()[0]
  }
}

private struct Golden: Decodable {
  var classes: [String]
  var images: [Image]
  var expected: Expected

  struct Image: Decodable {
    var detections: [Entry]
    var objects: [Entry]
  }

  struct Entry: Decodable {
    var `class`: Int
    var score: Float?
    var difficult: Bool?
    var box: [Float]

    var boundary: BoundingBox {
      BoundingBox(xMin: box[0], yMin: box[1], xMax: box[2], yMax: box[3])
    }
  }

  struct Expected: Decodable {
    var perClass: [String: Double]
    var mean: Double

    enum CodingKeys: String, CodingKey {
      case perClass = "per_class"
      case mean
    }
  }

  enum CodingKeys: String, CodingKey {
    case classes, images
    case expected = "voc07_11_point"
  }

  static func load() throws -> Golden {
    let file = try #require(
      Bundle.module.url(forResource: "Resources/average_precision", withExtension: "json"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}
