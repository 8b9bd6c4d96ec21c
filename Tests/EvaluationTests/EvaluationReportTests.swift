import Evaluation
import Foundation
import MultiBox
import Testing

@Suite("The evaluation report")
struct EvaluationReportTests {
  private let report: EvaluationReport = {
    var evaluator = DetectionEvaluator(classes: ClassList(["zebra", "cat", "dog"]))
    let box = BoundingBox(xMin: 0.25, yMin: 0.25, xMax: 0.75, yMax: 0.75)
    evaluator.add(
      detections: [
        Detection(box: box, classIndex: 1, label: "zebra", score: 0.5),
        Detection(box: box, classIndex: 3, label: "dog", score: 0.5),
      ],
      objects: [
        GroundTruthObject(box: box, classIndex: 1), GroundTruthObject(box: box, classIndex: 2),
        GroundTruthObject(box: box, classIndex: 3, isDifficult: true),
      ], width: 100, height: 50)
    return evaluator.report()
  }()

  @Test("leaves a class without objects out of the mean and says so")
  func classWithoutObjects() {
    #expect(report.mean.voc07 == 0.5)
    #expect(report.mean.voc == 0.5)
    #expect(report.mean.coco?.ap == 0.5)
    #expect(report.classesWithoutObjects == ["dog"])
    #expect(report.description.contains("without objects, not in the mean: dog"))
  }

  @Test("tells small from large objects by their pixels")
  func objectSizes() {
    #expect(report.mean.coco?.mediumAP == 0.5)
    #expect(report.mean.coco?.smallAP == nil)
  }

  @Test("is JSON with a null for what was not measured")
  func json() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    #expect(Set(object.keys) == ["map", "classes"])
    let map = try #require(object["map"] as? [String: Any])
    #expect(Set(map.keys) == ["voc07", "voc", "coco"])
    let coco = try #require(map["coco"] as? [String: Any])
    #expect(
      Set(coco.keys) == [
        "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall",
        "ARmedium", "ARlarge",
      ])
    #expect(coco["APsmall"] is NSNull)
    let classes = try #require(object["classes"] as? [String: [String: Any]])
    #expect(Set(classes.keys) == ["zebra", "cat", "dog"])
    let dog = try #require(classes["dog"])
    #expect(Set(dog.keys) == ["voc07", "voc", "objects", "difficult", "detections"])
    #expect(dog["voc07"] is NSNull)
    #expect(dog["difficult"] as? Int == 1)
    #expect(dog["objects"] as? Int == 0)
    #expect(classes["zebra"]?["voc"] as? Double == 1)
  }

  @Test("is read again with classes in alphabetical order")
  func roundTrip() throws {
    let read = try JSONDecoder().decode(EvaluationReport.self, from: report.json())
    #expect(read.mean == report.mean)
    #expect(read.classes == report.classes.sorted { $0.label < $1.label })
  }

  @Test("is a table with aligned columns, classes in the model's order")
  func table() {
    let lines = report.description.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("class"))
    #expect(lines[2].hasPrefix("zebra"))
    #expect(lines[4].hasPrefix("dog"))
    #expect(lines[6].hasPrefix("mean"))
    #expect(Set(lines[0...6].map(\.count)).count == 1)
  }
}
