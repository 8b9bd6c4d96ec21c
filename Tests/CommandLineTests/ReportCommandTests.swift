import Foundation
import TestSupport
import Testing

@Suite("ssd report")
struct ReportCommandTests {
  /// The expected figure: the evaluator of amdegroot/ssd.pytorch on 100 real photographs.
  @Test(
    .enabled(
      if: SharedFixtures.exists("fixtures/peers/voc100-detections")
        && SharedFixtures.exists("data/VOC2012-real100"),
      "needs the photographs beside the project"))
  func showsResultFilesOfOthersWithTheirFigures() throws {
    try withTemporaryFolder { folder in
      let page = folder.appending(path: "report.html")
      let outcome = try CommandLineTool.run([
        "report", "--results",
        SharedFixtures.url("fixtures/peers/voc100-detections/comp4_dets").path,
        "--data", SharedFixtures.url("data/VOC2012-real100").path, "--split", "trainval",
        "--output", page.path,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("mAP 0.6135"))
      let html = try String(contentsOf: page, encoding: .utf8)
      #expect(html.contains("<strong class=\"value\">0.613</strong>"))
      #expect(html.contains("<strong class=\"value\">0.617</strong>"))
      #expect(html.contains("<figure class=\"mistake "))
      #expect(html.utf8.count < 5_000_000)
    }
  }

  @Test
  func saysWhatIsMissingFromAFolderThatIsNoRun() throws {
    try withTemporaryFolder { folder in
      let arguments = ["report", folder.path, "--data", folder.path]
      let outcome = try CommandLineTool.run(arguments)
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("best.safetensors"))
      try Data().write(to: folder.appending(path: "metrics.jsonl"))
      let early = try CommandLineTool.run(arguments)
      #expect(early.errors.contains("no checkpoint yet"))
    }
  }

  @Test
  func wantsARunOrAModelOrResults() throws {
    let outcome = try CommandLineTool.run(["report", "--data", "somewhere"])
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("name a run or a model, or --results"))
  }
}
