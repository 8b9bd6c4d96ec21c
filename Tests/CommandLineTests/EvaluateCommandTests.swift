import Foundation
import TestSupport
import Testing

@Suite("ssd evaluate")
struct EvaluateCommandTests {
  private func figures(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func number(_ root: [String: Any], _ path: String...) -> Double? {
    var value: Any? = root
    for key in path { value = (value as? [String: Any])?[key] }
    return (value as? NSNumber)?.doubleValue
  }

  /// Expected values: the evaluator of amdegroot/ssd.pytorch on 100 real photographs.
  @Test(
    .enabled(
      if: SharedFixtures.exists("fixtures/peers/voc100-detections")
        && SharedFixtures.exists("data/VOC2012-real100"),
      "needs the photographs beside the project"))
  func scoresVOCResultFilesAsOthersDo() throws {
    let outcome = try CommandLineTool.run([
      "evaluate", "--results",
      SharedFixtures.url("fixtures/peers/voc100-detections/comp4_dets").path,
      "--data", SharedFixtures.url("data/VOC2012-real100").path, "--split", "trainval",
      "--json", "-",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let root = try figures(outcome.output)
    #expect(abs(try #require(number(root, "map", "voc07")) - 0.6134609279554256) < 1e-6)
    #expect(abs(try #require(number(root, "map", "voc")) - 0.616783883193372) < 1e-6)
    #expect(number(root, "classes", "person", "objects") ?? 0 > 0)
  }

  /// Expected values: pycocotools.
  @Test func scoresCOCOResultsAsPycocotoolsDoes() throws {
    let folder = Fixtures.url("coco-eval")
    let outcome = try CommandLineTool.run([
      "evaluate", "--results", folder.appending(path: "results.json").path,
      "--annotations", folder.appending(path: "instances.json").path, "--json", "-",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let root = try figures(outcome.output)
    let expected = try #require(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.appending(path: "expected.json"))) as? [String: Any])
    for name in [
      "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall",
      "ARmedium", "ARlarge",
    ] {
      let value = try #require(number(root, "map", "coco", name), "\(name)")
      let golden = try #require(expected[name] as? Double)
      #expect(abs(value - golden) < 1e-4, "\(name)")
    }
  }
}
