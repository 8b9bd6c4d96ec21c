import Evaluation
import Foundation
import MultiBox
import Testing

@Suite("Kinds of detection errors")
struct DetectionErrorsTests {
  private let classes = ClassList(["cat", "dog"])

  /// Expected values: tidecv 1.0.1 (the authors' implementation of TIDE) on 40 made-up images.
  @Test("are those that TIDE finds, and cost what TIDE says")
  func golden() throws {
    let golden = try Golden.load()
    let errors = DetectionErrors(golden.images, classes: ClassList(golden.classes))
    for kind in DetectionErrors.Kind.allCases {
      #expect(errors.count(of: kind) == golden.counts[kind.rawValue], "\(kind)")
    }
    let mean = try #require(errors.meanAveragePrecision(by: precisionAt101Recalls))
    #expect(abs(mean - golden.meanAveragePrecision) < 1e-9)
    for kind in DetectionErrors.Kind.allCases {
      let mended = try #require(
        errors.meanAveragePrecision(mending: [kind], by: precisionAt101Recalls))
      let expected = try #require(golden.gains[kind.rawValue])
      #expect(abs(mended - mean - expected) < 1e-9, "\(kind)")
    }
  }

  @Test("of one image are told apart by class and overlap")
  func kinds() {
    let image = image(
      detections: [
        detection(0.9, 1, 0), detection(0.8, 1, 2), detection(0.7, 1, 60), detection(0.6, 2, 101),
        detection(0.5, 2, 150), detection(0.4, 1, 400),
      ],
      objects: [object(1, 0), object(1, 100), object(1, 200)])
    let errors = DetectionErrors([image], classes: classes)
    // In the image's order, without the first, which is right.
    #expect(
      errors.falseDetections.map(\.kind) == [
        .duplicate, .localization, .confusion, .both, .background,
      ])
    // The second object is nearly found, twice; the third is not.
    #expect(errors.missedObjects.map(\.object) == [2])
  }

  @Test("on difficult objects are no errors, and difficult objects are not missed")
  func difficultObjects() {
    let image = image(
      detections: [detection(0.9, 1, 0), detection(0.8, 1, 2)],
      objects: [object(1, 0, isDifficult: true), object(1, 200, isDifficult: true)])
    let errors = DetectionErrors([image], classes: classes)
    #expect(errors.falseDetections.isEmpty)
    #expect(errors.missedObjects.isEmpty)
    #expect(errors.meanAveragePrecision() == nil)
  }

  @Test("all mended leave nothing to be wished for")
  func allMended() throws {
    let golden = try Golden.load()
    let errors = DetectionErrors(golden.images, classes: ClassList(golden.classes))
    #expect(errors.meanAveragePrecision(mending: Set(DetectionErrors.Kind.allCases)) == 1)
  }

  @Test("mend an object once, by the surest detection that comes close")
  func mendedOnce() throws {
    let image = image(
      detections: [detection(0.5, 1, 60), detection(0.8, 2, 3)], objects: [object(1, 0)])
    let errors = DetectionErrors([image], classes: classes)
    let confusion = errors.curves(mending: [.confusion])
    #expect(confusion[0].scores == [0.8, 0.5])
    #expect(confusion[0].recall == [1, 1])
    #expect(confusion[1].scores.isEmpty)
    let localization = errors.curves(mending: [.localization])
    #expect(localization[0].scores.isEmpty)
    #expect(localization[1].scores == [0.8])
  }

  @Test("cost nothing where nothing is wrong")
  func perfect() {
    let image = image(detections: [detection(0.9, 1, 0)], objects: [object(1, 0)])
    let errors = DetectionErrors([image], classes: classes)
    for kind in DetectionErrors.Kind.allCases {
      #expect(errors.meanAveragePrecision(mending: [kind]) == 1)
    }
  }

  /// As pycocotools and TIDE interpolate.
  private func precisionAt101Recalls(_ curve: PrecisionRecallCurve) -> Double? {
    let envelope = curve.precisionEnvelope
    return (0...100).reduce(0.0) { sum, hundredths in
      let wanted = Double(hundredths) / 100
      let position = curve.recall.firstIndex { $0 >= wanted }
      return sum + (position.map { envelope[$0] } ?? 0)
    } / 101
  }

  private func image(detections: [Detection], objects: [GroundTruthObject]) -> ScoredImage {
    ScoredImage(id: "one", width: 500, height: 100, detections: detections, objects: objects)
  }

  /// All boxes are 100 wide and high, and differ in where they begin.
  private func box(_ x: Float) -> BoundingBox {
    BoundingBox(xMin: x, yMin: 0, xMax: x + 100, yMax: 100)
  }

  private func detection(_ score: Float, _ classIndex: Int, _ x: Float) -> Detection {
    Detection(
      box: box(x), classIndex: classIndex, label: classes.label(at: classIndex), score: score)
  }

  private func object(_ classIndex: Int, _ x: Float, isDifficult: Bool = false) -> GroundTruthObject
  {
    GroundTruthObject(box: box(x), classIndex: classIndex, isDifficult: isDifficult)
  }
}

/// `detection_errors.json`: images and what tidecv says about them.
private struct Golden: Decodable {
  let classes: [String]
  let images: [ScoredImage]
  let meanAveragePrecision: Double
  let counts: [String: Int]
  let gains: [String: Double]

  private enum CodingKeys: CodingKey { case classes, images, meanAveragePrecision, counts, gains }

  private struct Image: Decodable {
    let objects: [Box]
    let detections: [Box]
  }

  private struct Box: Decodable {
    let box: [Float]
    let cls: Int
    let score: Float?

    var boundary: BoundingBox {
      BoundingBox(xMin: box[0], yMin: box[1], xMax: box[2], yMax: box[3])
    }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let labels = try values.decode([String].self, forKey: .classes)
    classes = labels
    images = try values.decode([Image].self, forKey: .images).enumerated().map { number, image in
      ScoredImage(
        id: "\(number)", width: 300, height: 300,
        detections: image.detections.map {
          Detection(
            box: $0.boundary, classIndex: $0.cls, label: labels[$0.cls - 1], score: $0.score ?? .nan
          )
        },
        objects: image.objects.map { GroundTruthObject(box: $0.boundary, classIndex: $0.cls) })
    }
    meanAveragePrecision = try values.decode(Double.self, forKey: .meanAveragePrecision)
    counts = try values.decode([String: Int].self, forKey: .counts)
    gains = try values.decode([String: Double].self, forKey: .gains)
  }

  static func load() throws -> Golden {
    let url = try #require(
      Bundle.module.url(
        forResource: "Resources/detection_errors", withExtension: "json"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }
}
