import Foundation
import Images
import TestSupport
import Testing

@Suite("ssd data show and stats")
struct DataPictureCommandTests {
  private func withShapes(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let made = try CommandLineTool.run(
        ["data", "synthesize", "shapes", "--train", "12", "--test", "3"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      try body(folder)
    }
  }

  @Test func showsASampleAPageAndNamedImages() throws {
    try withShapes { folder in
      for arguments in [
        ["--images", "4"], ["--images", "5", "--page", "3"], ["--image", "000002"],
        ["--class", "circle", "--images", "2"],
      ] {
        let outcome = try CommandLineTool.run(
          ["data", "show", "shapes", "--output", "sheet.jpg"] + arguments, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let sheet = folder.appending(path: "sheet.jpg")
        #expect(try Image(contentsOf: sheet).width > 280)
        try FileManager.default.removeItem(at: sheet)
      }
    }
  }

  @Test func namesWhatItCannotShow() throws {
    try withShapes { folder in
      for (arguments, named) in [
        (["shapes", "--image", "999"], "999"), (["shapes", "--page", "7"], "1 pages"),
        (["shapes", "--class", "dog"], "dog"), (["nowhere"], "nowhere"),
        (["shapes", "--output", "a.pdf"], "a.pdf"), (["shapes", "--images", "0"], "--images"),
      ] {
        let outcome = try CommandLineTool.run(["data", "show"] + arguments, in: folder)
        #expect(outcome.status != 0, "\(arguments)")
        #expect(outcome.errors.contains(named), "\(outcome.errors)")
      }
    }
  }

  @Test func statisticsAddUp() throws {
    try withShapes { folder in
      let outcome = try CommandLineTool.run(
        [
          "data", "stats", "shapes", "--model", "ssd300-tiny", "--json", "-", "--output", "s.svg",
        ], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let root = try #require(
        JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      let statistics = try #require(root["statistics"] as? [String: Any])
      #expect(statistics["imageCount"] as? Int == 12)
      let classes = try #require(statistics["classes"] as? [[String: Any]])
      let objects = classes.reduce(0) { $0 + ($1["objects"] as? Int ?? 0) }
      #expect(statistics["objectCount"] as? Int == objects)
      let all = try #require((root["priors"] as? [String: Any])?["all"] as? [String: Double])
      #expect(abs(all.values.reduce(0, +) - 1) < 1e-9)
      #expect((root["priors"] as? [String: Any])?["count"] as? Int == 8732)
      #expect(
        FileManager.default.fileExists(atPath: folder.appending(path: "s.svg").path))

      let text = try CommandLineTool.run(
        ["data", "stats", "shapes", "--skip-suggestion"], in: folder)
      #expect(text.output.contains("12 images") && text.output.contains("never:"))
    }
  }
}
