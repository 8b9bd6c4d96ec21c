import Datasets
import Evaluation
import Foundation
import MultiBox
import TestSupport
import Testing

@Suite("VOC result files")
struct VOCResultsTests {
  private static let detections = "fixtures/peers/voc100-detections"
  private static let photographs = "data/VOC2012-real100"

  /// The expected values come from the Python evaluator of ssd.pytorch: annotations less 1, files
  /// as they are, boxes measured without counting the last pixel.
  @Test(
    "somebody else's detections on 100 photographs score as in their evaluator",
    .enabled(
      if: SharedFixtures.exists(detections) && SharedFixtures.exists(photographs),
      "needs the photographs beside the project"))
  func realPhotographs() throws {
    let folder = SharedFixtures.url(Self.detections)
    let dataset = try DetectionDataset(
      voc: [DatasetSource(folder: SharedFixtures.url(Self.photographs), split: nil)], classes: .voc)
    let results = try VOCResults(
      contentsOf: folder.appending(path: "comp4_dets"), split: "test", classes: .voc,
      images: Set(dataset.images.map(\.id)))
    #expect(results.missingClasses.isEmpty)
    #expect(dataset.count == 100)

    var evaluator = DetectionEvaluator(classes: .voc)
    var fractionalEvaluator = DetectionEvaluator(classes: .voc)
    for (index, image) in dataset.images.enumerated() {
      let objects = dataset.groundTruth(at: index)
      let found = results.detections[image.id] ?? []
      evaluator.add(
        pixelDetections: found,
        objects: zip(objects, image.objects).map { object, annotated in
          var object = object
          object.box = image.convention.zeroBased(annotated.box)
          return object
        })
      fractionalEvaluator.add(
        detections: found.map { detection in
          var detection = detection
          detection.box = detection.box.scaled(
            x: 1 / Float(image.width), y: 1 / Float(image.height))
          return detection
        }, objects: objects, width: image.width, height: image.height)
    }
    let report = evaluator.report()

    let expected = try JSONDecoder().decode(
      [String: Expected].self,
      from: Data(
        contentsOf: folder.appending(
          path: "expected_by_ssd_pytorch_voc_eval_difficult_ignored.json")
      ))
    let eleven = try #require(expected["VOC07 11-point"])
    let area = try #require(expected["area under curve"])
    #expect(abs(try #require(report.mean.voc07) - eleven.mAP) < 1e-6)
    #expect(abs(try #require(report.mean.voc) - area.mAP) < 1e-6)
    for figures in report.classes {
      #expect(
        abs(try #require(figures.voc07) - #require(eleven.AP[figures.label])) < 1e-6,
        "\(figures.label)")
      #expect(
        abs(try #require(figures.voc) - #require(area.AP[figures.label])) < 1e-6,
        "\(figures.label)")
    }
    let fractional = fractionalEvaluator.report()
    #expect(abs(try #require(fractional.mean.voc07) - eleven.mAP) < 1e-6)
    #expect(report.classes.reduce(0) { $0 + $1.detectionCount } == 452)
  }

  @Test(
    "what was written is read again, whatever the first pixel's number",
    arguments: [
      (Float(0), "100.000000 0.000000 200.000000 300.000000"),
      (1, "101.000000 1.000000 201.000000 301.000000"),
    ])
  func roundTrip(firstPixel: Float, box: String) throws {
    let classes = ClassList(["cat", "potted plant"])
    var results = VOCResults(classes: classes)
    let detection = Detection(
      box: BoundingBox(xMin: 0.25, yMin: 0, xMax: 0.5, yMax: 1), classIndex: 2,
      label: "potted plant", score: 0.75)
    results.add([detection], image: "000012", width: 400, height: 300)
    try withTemporaryFolder { folder in
      try results.write(to: folder, split: "val", firstPixel: firstPixel)
      let text = try String(
        contentsOf: folder.appending(path: "comp4_det_val_potted plant.txt"), encoding: .utf8)
      #expect(text == "000012 0.7500000000 \(box)\n")
      let read = try VOCResults(
        contentsOf: folder, split: "val", classes: classes, firstPixel: firstPixel)
      #expect(read.detections == results.detections)
      #expect(read.missingClasses.isEmpty)
    }
  }

  @Test("blank lines and carriage returns are accepted")
  func lenient() throws {
    let results = try read("a 0.5 1 2 3 4\r\n\r\n  b\t.25 1 2 3 4  \n")
    #expect(results.detections["a"]?.first?.score == 0.5)
    #expect(results.detections["b"]?.first?.box.yMax == 4)
  }

  @Test(
    "a broken line is named",
    arguments: [
      ("a 0.5 1 2 3 4\na 0.5 1 2 3\n", "line 2: 5 fields instead of 6"),
      ("a high 1 2 3 4\n", "line 1: `high` is not a finite number"),
      ("a 0.5 1 nan 3 4\n", "line 1: `nan` is not a finite number"),
      ("\nz 0.5 1 2 3 4\n", "line 2: the split has no image `z`"),
    ])
  func brokenLines(text: String, message: String) throws {
    let error = try #require(throws: ResultFileError.self) { try read(text) }
    #expect(error.description.contains("comp4_det_test_cat.txt, \(message)"))
  }

  @Test("a class without a file is reported, a folder without any refused")
  func missingFiles() throws {
    #expect(try read("").missingClasses == ["dog"])
    try withTemporaryFolder { folder in
      let error = try #require(throws: ResultFileError.self) {
        try VOCResults(contentsOf: folder, split: "test", classes: ["cat"].list)
      }
      #expect(error.description.contains("comp4_det_test_cat.txt"))
    }
  }

  /// Reads `text` as the cats' file of a folder that has none for dogs.
  @discardableResult
  private func read(_ text: String) throws -> VOCResults {
    try withTemporaryFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: "comp4_det_test_cat.txt"))
      return try VOCResults(
        contentsOf: folder, split: "test", classes: ["cat", "dog"].list, images: ["a", "b"])
    }
  }

  private struct Expected: Decodable {
    var mAP: Double
    var AP: [String: Double]
  }
}

extension [String] {
  fileprivate var list: ClassList { ClassList(self) }
}
