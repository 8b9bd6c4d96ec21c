import Datasets
import Foundation
import Images
import MultiBox
import TestSupport
import Testing

@Suite("The tutorial's lists and COCO's instances")
struct OtherFormatsTests {
  @Test("the lists hold what the tutorial's hold, and are read back as the same objects")
  func lists() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder.appending(path: "voc"))
      try voc.sample("a")
      try voc.annotation(
        "a", width: 40, height: 30,
        objects: VOCFolder.object("dog", 5, 6, 20, 18.5)
          + VOCFolder.object("person", 1, 1, 40, 30, difficult: 1))
      try voc.sample("b")
      try voc.sample("empty")
      try voc.annotation("empty", width: 40, height: 30, objects: "")
      let source = DatasetSource(folder: voc.folder, split: nil)
      let set = try DetectionDataset(voc: [source])
      let lists = folder.appending(path: "lists")
      try TutorialLists.write(train: set, test: set.prefix(1), to: lists)

      func json(_ name: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: lists.appending(path: name)))
      }
      let images = try #require(try json("TRAIN_images.json") as? [String])
      #expect(images.map { URL(filePath: $0).lastPathComponent } == ["a.png", "b.png"])
      #expect(images.allSatisfy { $0.hasPrefix("/") })
      let objects = try #require(try json("TRAIN_objects.json") as? [[String: [Any]]])
      #expect(objects[0]["boxes"] as? [[Double]] == [[4, 5, 19, 17.5], [0, 0, 39, 29]])
      #expect(objects[0]["labels"] as? [Int] == [12, 15])
      #expect(objects[0]["difficulties"] as? [Int] == [0, 1])
      let map = try #require(try json("label_map.json") as? [String: Int])
      #expect(map.count == 21 && map["background"] == 0 && map["tvmonitor"] == 20)

      let train = try TutorialLists.read(.train, from: lists)
      #expect(train.classes == set.classes)
      #expect(train.images.map(\.id) == ["a", "b"])
      #expect(train.groundTruth(at: 0) == set.groundTruth(at: 0))
      #expect(try TutorialLists.read(.test, from: lists).count == 1)
    }
  }

  @Test("lists that disagree are refused, with the place named")
  func brokenLists() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      try Image.pattern(width: 9, height: 9).write(to: folder.appending(path: "a.png"))
      try write("label_map.json", #"{"background": 0, "x": 1}"#)
      try write("TRAIN_images.json", #"["\#(folder.appending(path: "a.png").path)"]"#)
      for (objects, message) in [
        ("[]", "there are objects of 0 pictures, but 1 pictures"),
        (#"[{"boxes": [], "labels": [1], "difficulties": []}]"#, "0 boxes, 1 labels"),
        (
          #"[{"boxes": [[1, 2, 3]], "labels": [1], "difficulties": [0]}]"#,
          "picture 1: box 1 has 3 instead of 4 numbers"
        ),
        (
          #"[{"boxes": [[1, 2, 3, 4]], "labels": [2], "difficulties": [0]}]"#,
          "object 1 has the label 2 of 1...1"
        ),
        (
          #"[{"boxes": [[1, "2", 3, 4]], "labels": [1], "difficulties": [0]}]"#, "[0].boxes.[0].[1]"
        ),
        ("{", "not JSON"),
      ] {
        try write("TRAIN_objects.json", objects)
        let error = #expect(throws: DatasetProblem.self) {
          try TutorialLists.read(.train, from: folder)
        }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.contains(message) && text.contains("TRAIN_objects.json"))
      }
    }
  }

  @Test("COCO's boxes are corner and size; crowds are marked and left out")
  func coco() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "instances.json")
      let text = """
        {"info": {}, "images": [{"id": 7, "file_name": "a.png", "width": 40, "height": 20},
                                {"id": 3, "file_name": "b.png", "width": 10, "height": 10}],
         "categories": [{"id": 18, "name": "dog"}, {"id": 1, "name": "person"}],
         "annotations": [
           {"id": 1, "image_id": 7, "category_id": 18, "bbox": [10, 5, 20, 10.0], "iscrowd": 0,
            "area": 1, "segmentation": []},
           {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 4, 4], "iscrowd": 1}]}
        """
      try Data(text.utf8).write(to: file)
      let set = try DetectionDataset(coco: file, imageFolder: folder)
      #expect(set.classes.labels == ["person", "dog"])
      #expect(set.images.map(\.id) == ["7", "3"])
      #expect(
        set.groundTruth(at: 0) == [
          GroundTruthObject(
            box: BoundingBox(xMin: 0.25, yMin: 0.25, xMax: 0.75, yMax: 0.75), classIndex: 2)
        ])
      #expect(set.groundTruth(at: 1).isEmpty)
      #expect(set[0].objects.map(\.isCrowd) == [false, true])

      try Data(text.replacing("\"image_id\": 7", with: "\"image_id\": 9").utf8).write(to: file)
      let error = #expect(throws: DatasetProblem.self) {
        try DetectionDataset(coco: file, imageFolder: folder)
      }
      #expect(error?.description.contains("annotation 1 has the unknown picture 9") == true)
    }
  }

  @Test("a mirrored box of edges is the exact mirror image, one of pixel numbers lies a pixel left")
  func mirroring() {
    var parameters = AugmentationParameters(width: 10, height: 10)
    parameters.isMirrored = true
    let box = BoundingBox(xMin: 2, yMin: 0, xMax: 5, yMax: 10)
    #expect(
      parameters.transformed(box, convention: .edges)
        == BoundingBox(xMin: 0.5, yMin: 0, xMax: 0.8, yMax: 1))
    #expect(
      parameters.transformed(box, convention: .fromZero)
        == BoundingBox(xMin: 0.4, yMin: 0, xMax: 0.7, yMax: 1))
  }
}
