import Evaluation
import Foundation
import MultiBox
import TestSupport
import Testing

@Suite("COCO's figures")
struct COCOEvaluatorTests {
  private let classes = ClassList(["cat", "dog"])

  @Test("equal pycocotools' on 100 images with crowds")
  func golden() throws {
    let folder = Fixtures.url("coco-eval")
    let report = try EvaluationReport(
      COCOResult.results(contentsOf: folder.appending(path: "results.json")),
      against: COCOInstances(contentsOf: folder.appending(path: "instances.json")))
    let expected = try JSONDecoder().decode(
      COCOFigures.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    let measured = try #require(report.mean.coco)
    #expect(measured.named.count == 12)
    for (figure, reference) in zip(measured.named, expected.named) {
      #expect(
        abs(try #require(figure.value) - #require(reference.value)) < 1e-9, "\(figure.name)")
    }
  }

  @Test("a perfect detector has figures of 1 and none for sizes that do not occur")
  func perfect() {
    let box = PixelBox(x: 0, y: 0, width: 100, height: 100)
    let figures = evaluate(
      [.init(classIndex: 1, score: 0.5, box: box)], [.init(classIndex: 1, box: box)])
    #expect(figures.ap == 1)
    #expect(figures.ar1 == 1)
    #expect(figures.largeAP == 1)
    #expect(figures.smallAP == nil)
    #expect(figures.mediumAR == nil)
  }

  @Test("a detection may take a lesser object when the best is taken")
  func lesserObject() {
    let objects = [0.0, 10].map { x in
      COCOEvaluator.AnnotatedObject(
        classIndex: 1, box: PixelBox(x: x, y: 0, width: 100, height: 100))
    }
    let detections = [0.9, 0.8].map { score in
      COCOEvaluator.DetectedObject(
        classIndex: 1, score: score, box: PixelBox(x: 0, y: 0, width: 100, height: 100))
    }
    #expect(evaluate(detections, objects).ap50 == 1)
  }

  @Test("any number of detections inside a crowd are forgiven")
  func crowd() {
    let detections = (0..<5).map { index in
      COCOEvaluator.DetectedObject(
        classIndex: 1, score: 0.9,
        box: PixelBox(x: Double(index * 40), y: 0, width: 40, height: 40))
    }
    let crowd = COCOEvaluator.AnnotatedObject(
      classIndex: 1, box: PixelBox(x: 0, y: 0, width: 200, height: 200), treatment: .crowd)
    let cat = PixelBox(x: 400, y: 0, width: 40, height: 40)
    let figures = evaluate(
      detections + [.init(classIndex: 1, score: 0.1, box: cat)],
      [crowd, .init(classIndex: 1, box: cat)])
    #expect(figures.ap == 1)
  }

  @Test("any number of detections of a difficult object are forgiven, but not beside it")
  func difficult() {
    let difficult = PixelBox(x: 0, y: 0, width: 100, height: 100)
    let cat = PixelBox(x: 400, y: 0, width: 40, height: 40)
    let objects: [COCOEvaluator.AnnotatedObject] = [
      .init(classIndex: 1, box: difficult, treatment: .ignored), .init(classIndex: 1, box: cat),
    ]
    func figures(_ box: PixelBox) -> COCOFigures {
      evaluate(
        [
          .init(classIndex: 1, score: 0.9, box: box), .init(classIndex: 1, score: 0.8, box: box),
          .init(classIndex: 1, score: 0.7, box: cat),
        ], objects)
    }
    #expect(figures(difficult).ap == 1)
    // A part of it that a crowd would forgive.
    let ap = figures(PixelBox(x: 0, y: 0, width: 40, height: 40)).ap ?? 0
    #expect(abs(ap - 1.0 / 3) < 1e-9)
  }

  @Test("only the best hundred detections of a class and image count")
  func detectionLimit() {
    let cat = PixelBox(x: 400, y: 0, width: 40, height: 40)
    let others = (0..<100).map { _ in
      COCOEvaluator.DetectedObject(
        classIndex: 1, score: 0.9, box: PixelBox(x: 0, y: 0, width: 40, height: 40))
    }
    let found = COCOEvaluator.DetectedObject(classIndex: 1, score: 0.1, box: cat)
    #expect(evaluate(others + [found], [.init(classIndex: 1, box: cat)]).ar100 == 0)
    #expect(evaluate(others.dropLast() + [found], [.init(classIndex: 1, box: cat)]).ar100 == 1)
    #expect(evaluate(others.dropLast() + [found], [.init(classIndex: 1, box: cat)]).ar10 == 0)
  }

  @Test("entries that name no image or category of the annotations are refused by name")
  func mismatch() throws {
    let box = PixelBox(x: 0, y: 0, width: 1, height: 1)
    let instances = COCOInstances(
      images: [.init(id: 7, fileName: "7.jpg", width: 10, height: 10)], annotations: [],
      categories: [.init(id: 3, name: "cat")])
    let image = try #require(throws: COCOMismatch.self) {
      try EvaluationReport(
        [COCOResult(imageID: 8, categoryID: 3, box: box, score: 1)], against: instances)
    }
    #expect(image.description.contains("image 8"))
    let category = try #require(throws: COCOMismatch.self) {
      try EvaluationReport(
        [
          COCOResult(imageID: 7, categoryID: 3, box: box, score: 1),
          COCOResult(imageID: 7, categoryID: 4, box: box, score: 1),
        ], against: instances)
    }
    #expect(category.description.contains("result [1] names the category 4"))
  }

  @Test(
    "a broken results file is named with its entry",
    arguments: [
      (#"[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1], "score": 1}]"#, "`[0].bbox`"),
      (#"[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]"#, "`score` is missing"),
      (
        #"[{"image_id": "x", "category_id": 1, "bbox": [0, 0, 1, 1], "score": 1}]"#,
        "`[0].image_id`"
      ),
      ("[{", "top level"),
      ("{}", "top level"),
    ])
  func brokenResults(text: String, message: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "results.json")
      try Data(text.utf8).write(to: file)
      let error = try #require(throws: ResultFileError.self) {
        try COCOResult.results(contentsOf: file)
      }
      #expect(error.description.contains("results.json"))
      #expect(error.description.contains(message), "\(error)")
    }
  }

  @Test("annotations are written as COCO's files have them")
  func instances() throws {
    let text = """
      {"images": [{"id": 1, "file_name": "a.jpg", "width": 4, "height": 3}],
       "annotations": [{"id": 5, "image_id": 1, "category_id": 2, "bbox": [0.5, 1, 2, 2]}],
       "categories": [{"id": 2, "name": "cat"}]}
      """
    let instances = try JSONDecoder().decode(COCOInstances.self, from: Data(text.utf8))
    #expect(instances.annotations[0].isCrowd == false)
    #expect(instances.annotations[0].box.x == 0.5)
    let written = try String(decoding: JSONEncoder().encode(instances), as: UTF8.self)
    #expect(written.contains(#""iscrowd":0"#))
    #expect(written.contains(#""area":4"#))
  }

  private func evaluate(
    _ detections: [COCOEvaluator.DetectedObject], _ objects: [COCOEvaluator.AnnotatedObject]
  ) -> COCOFigures {
    var evaluator = COCOEvaluator(classes: classes)
    evaluator.add(detections: detections, objects: objects)
    return evaluator.figures()
  }
}
