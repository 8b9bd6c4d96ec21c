import Datasets
import Foundation
import Images
import MultiBox
import TestSupport
import Testing

@Suite("Reading Pascal VOC")
struct VOCReadingTests {
  static let file = URL(filePath: "/somewhere/Annotations/a.xml")

  @Test("parts, attributes and unknown elements are passed over; difficult defaults to 0")
  func annotation() throws {
    let xml = """
      <?xml version="1.0"?><annotation verified="yes"><filename>a.jpg</filename>
      <size><width>500</width><height>375</height><depth /></size>
      <object><name> person </name><pose>Left</pose><difficult>1</difficult>
        <bndbox><xmax>200.5</xmax><xmin>10.25</xmin><ymin>20</ymin><ymax>300</ymax></bndbox>
        <part><name>head</name>
          <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part>
      </object>
      <object><part><name>hand</name></part><name>a&amp;b</name>
        <attributes><attribute><name>track_id</name><value>0</value></attribute></attributes>
        <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>500</xmax><ymax>375</ymax></bndbox>
      </object></annotation>
      """
    let annotation = try VOCAnnotation(data: Data(xml.utf8), file: Self.file)
    #expect(annotation.size == PixelSize(width: 500, height: 375))
    #expect(annotation.objects.map(\.label) == ["person", "a&b"])
    #expect(annotation.objects.map(\.isDifficult) == [true, false])
    #expect(annotation.objects.map(\.number) == [1, 2])
    #expect(
      annotation.objects[0].box == BoundingBox(xMin: 10.25, yMin: 20, xMax: 200.5, yMax: 300))
  }

  @Test(
    "a broken annotation is named with its fault",
    arguments: [
      ("this is not XML", "not XML"), ("", "is empty"), ("<annotation><object>", "not XML"),
      ("<annotation><size></annotation>", "not XML"),
      ("<html></html>", "no <annotation>"),
      (
        "<annotation><object><name>x</name></object></annotation>",
        "object 1 (x): the box has no <xmin>"
      ),
      (
        "<annotation><object><bndbox><xmin>1</xmin></bndbox></object></annotation>",
        "the object has no <name>"
      ),
      (
        """
        <annotation><object><name>x</name><bndbox><xmin>1</xmin><ymin>two</ymin><xmax>3</xmax>
        <ymax>4</ymax></bndbox></object></annotation>
        """, "<ymin> is `two`"
      ),
      (
        """
        <annotation><object><name>x</name><bndbox><xmin>nan</xmin><ymin>2</ymin><xmax>3</xmax>
        <ymax>4</ymax></bndbox></object></annotation>
        """, "<xmin> is `nan`"
      ),
    ])
  func brokenAnnotation(xml: String, message: String) {
    let error = #expect(throws: DatasetProblem.self) {
      try VOCAnnotation(data: Data(xml.utf8), file: Self.file)
    }
    let text = error.map(String.init(describing:)) ?? ""
    #expect(text.contains(message) && text.contains("/somewhere/Annotations/a.xml"))
  }

  @Test("1 is subtracted from every number before it is divided by the size")
  func convention() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      try voc.list("test", "a\n")
      try voc.annotation(
        "a", width: 200, height: 100, objects: VOCFolder.object("dog", 21, 11, 101, 51))
      let set = try DetectionDataset(voc: [DatasetSource(folder: folder, split: "test")])
      #expect(set[0].objects[0].box == BoundingBox(xMin: 21, yMin: 11, xMax: 101, yMax: 51))
      let truth = set.groundTruth(at: 0)
      #expect(truth[0].box == BoundingBox(xMin: 0.1, yMin: 0.1, xMax: 0.5, yMax: 0.5))
      #expect(truth[0].classIndex == 12)
    }
  }

  @Test("lists may have CRLF, blank lines and further columns")
  func lists() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      for id in ["a", "b", "c", "two words"] {
        try voc.annotation(id, width: 10, height: 10, objects: "")
      }
      try voc.list("main", "a\r\n\r\n  b  1\r\nc -1\r\ntwo words\r\n\n")
      let source = DatasetSource(folder: folder, split: "main")
      #expect(try source.imageIDs() == ["a", "b", "c", "two words"])
      #expect(try DatasetSource(folder: folder, split: nil).imageIDs().count == 4)
      #expect(source.availableSplits == ["main"])
    }
  }

  @Test("a missing list is named together with those that exist, an empty one as empty")
  func missingList() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      try voc.list("empty", "\r\n \n")
      let missing = #expect(throws: DatasetProblem.self) {
        try DatasetSource(folder: folder, split: "train").imageIDs()
      }
      #expect(missing?.kind == .missingList(available: ["empty"]))
      let empty = #expect(throws: DatasetProblem.self) {
        try DatasetSource(folder: folder, split: "empty").imageIDs()
      }
      #expect(empty?.kind == .emptyList)
      let nowhere = #expect(throws: DatasetProblem.self) {
        try DatasetSource(folder: folder.appending(path: "nowhere"), split: "a").imageIDs()
      }
      #expect(nowhere?.kind == .missingFolder(expected: "Annotations"))
    }
  }

  @Test("several roots are merged in order, each with its own list")
  func merging() throws {
    try withTemporaryFolder { folder in
      for (year, id) in [("VOC2007", "x"), ("VOC2012", "y")] {
        let voc = try VOCFolder(folder.appending(path: year))
        try voc.list("trainval", id)
        try voc.annotation(id, width: 9, height: 9, objects: VOCFolder.object("cat", 1, 1, 5, 5))
      }
      let (first, second) = (folder.appending(path: "VOC2007"), folder.appending(path: "VOC2012"))
      let sources = DatasetSource.parse("\(first.path)/trainval+\(second.path)/trainval")
      let direct = DatasetSource.parse("\(first.path)+\(second.path)", split: "trainval")
      #expect(sources.map(\.split) == ["trainval", "trainval"])
      #expect(sources.map(\.folder.path) == direct.map(\.folder.path))
      let set = try DetectionDataset(voc: sources)
      #expect(set.images.map(\.id) == ["x", "y"])
      #expect(set.classes == .voc)
    }
  }

  @Test("classes are VOC's own, or what the annotations hold in alphabetical order")
  func discovery() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      try voc.list("all", "a")
      try voc.annotation(
        "a", width: 90, height: 90,
        objects: VOCFolder.object("zebra", 1, 1, 5, 5) + VOCFolder.object("ant", 1, 1, 5, 5)
          + VOCFolder.object("dog", 1, 1, 5, 5))
      let sources = [DatasetSource(folder: folder, split: "all")]
      #expect(try ClassList.discovered(in: sources).labels == ["ant", "dog", "zebra"])
      let error = #expect(throws: DatasetProblem.self) {
        try DetectionDataset(voc: sources, classes: ClassList(["ant", "dog"]))
      }
      let text = error.map(String.init(describing:)) ?? ""
      #expect(
        text.hasSuffix("Annotations/a.xml: object 1 (zebra): unknown class; known are ant, dog"))
    }
  }

  @Test("difficult objects can be left out")
  func difficult() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      try voc.list("all", "a")
      try voc.annotation(
        "a", width: 90, height: 90,
        objects: VOCFolder.object("cat", 1, 1, 5, 5, difficult: 1)
          + VOCFolder.object("dog", 1, 1, 5, 5, difficult: 0))
      var set = try DetectionDataset(voc: [DatasetSource(folder: folder, split: "all")])
      #expect(set.groundTruth(at: 0).map(\.isDifficult) == [true, false])
      set.keepsDifficult = false
      #expect(set.groundTruth(at: 0).map(\.classIndex) == [12])
    }
  }

  /// Folder, list, pictures, objects: the numbers beside the data.
  @Test(
    "real data sets have the pictures and objects that they should",
    .enabled(if: SharedFixtures.exists("data/BCCD"), "needs the data sets beside the project"),
    arguments: [
      ("BCCD", nil, 364, 4888, 3), ("BCCD", "train", 205, nil, 3), ("BCCD", "val", 87, nil, 3),
      ("BCCD", "trainval", 292, nil, 3), ("BCCD", "test", 72, nil, 3),
      ("VOC2012-real100", "trainval", 100, 273, 20), ("VOC2012-real100", "train", 80, nil, 20),
      ("PlayingCards6", nil, 363, 670, 6), ("Raccoon", nil, 200, 217, 1),
      ("Raccoon", "test", 40, nil, 1), ("FOD-A", "test_runs", 1536, nil, nil),
    ] as [(String, String?, Int, Int?, Int?)])
  func realData(name: String, split: String?, pictures: Int, objects: Int?, classes: Int?) throws {
    let folder = SharedFixtures.url("data/\(name)")
    let set = try DetectionDataset(voc: [DatasetSource(folder: folder, split: split)])
    #expect(set.count == pictures)
    if let objects { #expect(set.objectCount == objects) }
    if let classes { #expect(set.classes.count == classes) }
  }

  @Test(
    "the real photographs of VOC 2012 have 38 difficult objects",
    .enabled(
      if: SharedFixtures.exists("data/VOC2012-real100"), "needs the photographs beside the project")
  )
  func realDifficult() throws {
    let folder = SharedFixtures.url("data/VOC2012-real100")
    let set = try DetectionDataset(voc: [DatasetSource(folder: folder, split: "trainval")])
    #expect(set.images.flatMap(\.objects).filter(\.isDifficult).count == 38)
    #expect(set.classes == .voc)
  }
}
