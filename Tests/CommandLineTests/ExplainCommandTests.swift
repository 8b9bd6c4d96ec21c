import Foundation
import Images
import TestSupport
import Testing

@Suite("ssd explain")
struct ExplainCommandTests {
  @Test(arguments: [
    "coordinates", "jaccard", "priors", "offsets", "matching", "loss", "suppression",
    "augmentation", "architecture", "vgg", "fully-connected", "decimation", "reshaping",
  ])
  func drawsTheConceptWithoutAnyInput(concept: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try CommandLineTool.run(
        ["explain", concept, "--output", "picture.png", "--width", "720"], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("picture.png: 720 x "))
      let picture = try Image(contentsOf: folder.appending(path: "picture.png"))
      #expect(picture.width == 720)
    }
  }

  @Test func printsTheNetworksSizeBesideItsPicture() throws {
    try withTemporaryFolder { folder in
      let outcome = try CommandLineTool.run(
        ["explain", "architecture", "--output", "a.svg"], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("26,285,486 parameters"))
      #expect(outcome.output.contains("8732 priors"))
    }
  }

  @Test func measuresReceptiveFields() throws {
    try withTemporaryFolder { folder in
      let outcome = try CommandLineTool.run(
        ["explain", "receptive-field", "--model", "ssd300-tiny", "--output", "a.png"], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("conv4_3    field 92 px, step 8 px, effective "))
    }
  }

  @Test func findsTheAnnotationBesideAPascalVOCImage() throws {
    try withTemporaryFolder { folder in
      let made = try CommandLineTool.run(
        ["data", "synthesize", "shapes", "--train", "1", "--test", "0"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let outcome = try CommandLineTool.run(
        [
          "explain", "coordinates", "--image", "shapes/JPEGImages/000001.jpg", "--output", "a.svg",
        ], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let text = try String(contentsOf: folder.appending(path: "a.svg"), encoding: .utf8)
      #expect(text.contains("<svg"))
    }
  }

  @Test(arguments: [
    (["matching", "--output", "a.pdf"], "svg"),
    (["matching", "--output", "a.png", "--image", "missing.jpg"], "missing.jpg"),
    (["matching", "--output", "a.png", "--model", "missing.safetensors"], "ssd300-tiny"),
    (["matching", "--output", "a.png", "--box", "dog:0.1,0.2"], "--box"),
    (["matching", "--output", "a.png", "--box", "dog:0.5,0.5,0.5,0.7"], "no area"),
    (["matching", "--output", "a.png", "--box", "dog:5000,5000,6000,6000"], "outside"),
    (["coordinates", "--output", "a.png", "--width", "100000"], "--width"),
    (["priors", "--output", "a.png", "--at", "2,2"], "--at"),
    (["jaccard", "--output", "a.png", "--iou", "1.5"], "--iou"),
    (["nothing"], "nothing"),
    (["predictions", "--output", "a.png"], "ssd train"),
    (["reshaping", "--output", "a.png", "--map", "conv5_3"], "conv5_3"),
    (["augmentation", "--output", "a.png", "--count", "0"], "--count"),
    (["architecture", "--output", "a.png", "--classes", "0"], "--classes"),
    (["suppression", "--output", "a.png", "--iou-threshold", "2"], "--iou-threshold"),
    (["matching", "--output", "missing/a.png"], "missing/a.png"),
  ])
  func refusesWrongInputByName(arguments: [String], named: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try CommandLineTool.run(["explain"] + arguments, in: folder)
      #expect(outcome.status != 0, "\(arguments)")
      #expect(outcome.errors.contains(named), "\(outcome.errors)")
      #expect(!outcome.errors.contains("Fatal"), "\(outcome.errors)")
    }
  }
}
