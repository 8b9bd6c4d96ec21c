import Datasets
import Foundation
import Images
import MultiBox
import SSD
import TestSupport
import Testing

@Suite("Broken input")
struct BrokenInputTests {
  /// A model with fresh weights that knows two classes.
  private func model(in folder: URL) throws -> String {
    let file = folder.appending(path: "model.safetensors")
    try ModelFile.write(
      SSDNetwork(.ssd300Tiny(classes: ClassList(["circle", "square"]))), to: file)
    return file.path
  }

  private func expectFailure(
    _ arguments: [String], saying texts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try CommandLineTool.run(arguments)
    #expect(outcome.status == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    for text in texts {
      #expect(outcome.errors.contains(text), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test func aTruncatedPictureIsNamedAndTheOthersAreStillLookedAt() throws {
    try withTemporaryFolder { folder in
      let whole = folder.appending(path: "whole.jpg")
      var picture = Image(width: 64, height: 48)
      for index in picture.pixels.indices {
        picture.pixels[index] = UInt8(truncatingIfNeeded: index &* index)
      }
      try picture.write(to: whole)
      let cut = folder.appending(path: "cut.jpg")
      let data = try Data(contentsOf: whole)
      try data.prefix(data.count / 2).write(to: cut)
      let json = folder.appending(path: "found.json")
      try expectFailure(
        ["detect", model(in: folder), cut.path, whole.path, "--json", json.path],
        saying: "cut.jpg", "1 of 2 images")
      let found =
        try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [[String: Any]]
      #expect(found?.count == 1)
      #expect(found?.first?["width"] as? Int == 64)
    }
  }

  @Test func aFolderWithoutImagesIsSaid() throws {
    try withTemporaryFolder { folder in
      let empty = folder.appending(path: "empty")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
      try expectFailure(["detect", model(in: folder), empty.path], saying: "no images")
      try expectFailure(["train", empty.path, "--model", "ssd300-tiny"], saying: "Annotations")
      let missing = folder.appending(path: "none")
      try expectFailure(["data", "check", missing.path], saying: "no folder")
    }
  }

  @Test func anOutputNamedLikeAPictureIsOneAndOnlyOfOneImage() throws {
    try withTemporaryFolder { folder in
      let pictures = ["one.png", "two.png"].map { folder.appending(path: $0) }
      for picture in pictures { try Image(width: 40, height: 30).write(to: picture) }
      let output = folder.appending(path: "found.png")
      let detect = try ["detect", model(in: folder), "--output", output.path]
      let several = try CommandLineTool.run(detect + pictures.map(\.path))
      #expect(several.status == 64)
      #expect(several.errors.contains("`found.png` is one picture, but there are 2 images"))
      #expect(!FileManager.default.fileExists(atPath: output.path))

      #expect(try CommandLineTool.run(detect + [pictures[0].path]).status == 0)
      let painted = try Image(contentsOf: output)
      #expect((painted.width, painted.height) == (40, 30))
    }
  }

  @Test func anOutputDoesNotTakeThePlaceOfAnImage() throws {
    try withTemporaryFolder { folder in
      let picture = folder.appending(path: "picture.png")
      try Image(width: 40, height: 30).write(to: picture)
      let before = try Data(contentsOf: picture)
      for output in [picture, folder] {
        try expectFailure(
          ["detect", model(in: folder), picture.path, "--output", output.path], saying: "itself")
      }
      #expect(try Data(contentsOf: picture) == before)
      let vectors = folder.appending(path: "found.svg")
      try expectFailure(
        ["detect", model(in: folder), picture.path, "--output", vectors.path], saying: "jpeg, png")
      #expect(!FileManager.default.fileExists(atPath: vectors.path))
    }
  }

  @Test func aPrecisionThatIsNotThereIsSaid() throws {
    try withTemporaryFolder { folder in
      let picture = folder.appending(path: "picture.png")
      try Image(width: 40, height: 30).write(to: picture)
      let detect = try ["detect", model(in: folder), picture.path]
      let result = try CommandLineTool.run(detect + ["--precision", "int8"])
      #expect(result.status == 0)
      #expect(result.errors.contains("not quantised"))
      let many = try CommandLineTool.run(detect + ["--threads", "100000"])
      #expect(many.status == 64)
      #expect(many.errors.contains("1024"))
    }
  }

  @Test func aHeaderThatLiesAboutItsSizeIsRefused() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "lie.safetensors")
      try Data([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B, 0x7D]).write(to: file)
      let picture = folder.appending(path: "picture.png")
      try Image(width: 8, height: 8).write(to: picture)
      try expectFailure(["detect", file.path, picture.path], saying: "lie.safetensors")
    }
  }

  @Test func aModelWithOtherClassesNamesTheFirstThatItDoesNotKnow() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try SyntheticShapes(.simple, seed: 1).write(to: data, trainingCount: 4, testCount: 2)
      try expectFailure(
        ["evaluate", model(in: folder), data.path], saying: "circle, square", ".xml")
    }
  }

  @Test func everyProblemOfADataSetIsNamed() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try SyntheticShapes(.simple, seed: 1).write(to: data, trainingCount: 3, testCount: 1)
      let annotation = data.appending(path: "Annotations/000002.xml")
      try Data("no xml at all".utf8).write(to: annotation)
      try FileManager.default.removeItem(at: data.appending(path: "JPEGImages/000003.jpg"))
      let outcome = try CommandLineTool.run(["data", "check", data.path])
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("000002.xml"))
      #expect(outcome.output.contains("000003.jpg"))
      #expect(outcome.output.contains("2 problems"))
    }
  }
}
