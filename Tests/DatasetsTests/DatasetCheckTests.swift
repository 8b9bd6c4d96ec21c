import Datasets
import Foundation
import Images
import MultiBox
import TestSupport
import Testing

@Suite("Checking data sets")
struct DatasetCheckTests {
  @Test("every problem is found, named, and left out of what remains")
  func everything() throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      try voc.sample("good")
      try voc.sample("objects")
      try voc.annotation(
        "objects", width: 40, height: 30,
        objects: VOCFolder.object("dog", 5, 5, 5, 9) + VOCFolder.object("cat", 5, 5, 60, 9)
          + VOCFolder.object("dog", 0, 1, 40, 31) + VOCFolder.object("yeti", 1, 1, 9, 9)
          + VOCFolder.object("dog", 20, 9, 10, 12))
      try voc.sample("mismatch")
      try voc.annotation("mismatch", width: 41, height: 30, objects: "")
      try voc.annotation("pictureless", width: 10, height: 10, objects: "")
      try voc.annotation("broken", "no XML")
      try voc.sample("truncated")
      let jpeg = try Image.pattern(width: 40, height: 30).jpegData(quality: 90)
      try FileManager.default.removeItem(at: folder.appending(path: "JPEGImages/truncated.png"))
      try Data(jpeg.prefix(jpeg.count / 2)).write(
        to: folder.appending(path: "JPEGImages/truncated.jpg"))
      try voc.list("all", "good\nobjects\nmismatch\npictureless\nbroken\ntruncated\ngood\nnone\n")
      try voc.list("empty", "")

      let check = DatasetCheck(
        voc: [DatasetSource(folder: folder, split: "all")], classes: ClassList(["dog", "cat"]))
      func count(_ matches: (DatasetProblem.Kind) -> Bool) -> Int {
        check.problems.count { matches($0.kind) }
      }
      #expect(check.imageCount == 7)
      #expect(check.images.map(\.id) == ["good", "objects"])
      #expect(check.images[1].objects.map(\.number) == [3])
      #expect(count { if case .degenerateBox = $0 { true } else { false } } == 2)
      #expect(count { if case .boxOutside = $0 { true } else { false } } == 1)
      #expect(count { if case .unknownClass = $0 { true } else { false } } == 1)
      #expect(count { if case .unreadableImage = $0 { true } else { false } } == 1)
      #expect(count { if case .invalidAnnotation = $0 { true } else { false } } == 1)
      #expect(count { $0 == .missingAnnotation } == 1)
      #expect(count { $0 == .missingImage } == 1)
      #expect(count { $0 == .duplicateImage(id: "good") } == 1)
      #expect(
        count {
          $0
            == .sizeMismatch(
              annotated: PixelSize(width: 41, height: 30),
              picture: PixelSize(width: 40, height: 30))
        } == 1)
      #expect(check.problems.count == 10)
      #expect(check.counts.first?.reason == "box without area")
      let degenerate = check.problems.first { $0.reason == "box without area" }
      #expect(
        degenerate?.description
          == folder.appending(path: "Annotations/objects.xml").path
          + ": object 1 (dog): the box (5, 5) to (5, 9) has no area")

      let whole = DatasetCheck(folder: folder)
      #expect(whole.problems.contains { $0.kind == .emptyList })
      #expect(whole.problems.contains { $0.file.lastPathComponent == "none.xml" })

      // Without decoding, the truncated picture passes.
      let quick = DatasetCheck(
        voc: [DatasetSource(folder: folder, split: "all")], decodesImages: false)
      #expect(quick.images.map(\.id) == ["good", "objects", "truncated"])
    }
  }

  @Test("an empty or missing folder is a problem")
  func nothing() throws {
    try withTemporaryFolder { folder in
      #expect(
        DatasetCheck(folder: folder).problems.map(\.kind)
          == [.missingFolder(expected: "Annotations")])
    }
  }

  @Test(
    "the blood cells have two boxes without area",
    .enabled(if: SharedFixtures.exists("data/BCCD"), "needs the data sets beside the project"))
  func bloodCells() throws {
    let folder = SharedFixtures.url("data/BCCD")
    let set = try DetectionDataset(voc: [DatasetSource(folder: folder, split: nil)])
    let (clean, problems) = set.droppingProblems()
    #expect(DatasetCheck.counts(of: problems).map(\.reason) == ["box without area"])
    #expect(problems.count == 2)
    #expect(clean.count == 364)
    #expect(clean.objectCount == 4886)
  }
}
