import Foundation
import MultiBox
import TestSupport
import Testing
import Weights

@Suite("ssd benchmark")
struct BenchmarkCommandTests {
  @Test func aPresetIsMeasuredWithRandomWeights() throws {
    try withTemporaryFolder { folder in
      let predictions = folder.appending(path: "raw.safetensors")
      let outcome = try CommandLineTool.run([
        "benchmark", "ssd300-tiny", "--runs", "2", "--warm-up", "0", "--batch", "2",
        "--predictions", predictions.path, "--json", "-",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let figures = try #require(
        JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      for step in ["preprocessing", "network", "postprocessing", "total"] {
        let times = try #require(figures["\(step)Milliseconds"] as? [String: Double])
        #expect(times["runs"] == 2)
        #expect(try #require(times["p50"]) <= #require(times["p99"]))
      }
      #expect(figures["batch"] as? Int == 2)
      #expect(try #require(figures["peakMemory"] as? Int) > 1 << 20)
      #expect(try SafeTensors(contentsOf: predictions).tensor("scores").shape == [1, 8732, 21])

      let boxes = try CommandLineTool.run([
        "benchmark", "boxes", predictions.path, "--runs", "1", "--limit", "7", "--json", "-",
      ])
      #expect(boxes.status == 0, "\(boxes.errors)")
      let found = try #require(
        JSONSerialization.jsonObject(with: Data(boxes.output.utf8)) as? [String: Any])
      #expect((found["detections"] as? [Any])?.count == 7)
    }
  }

  @Test func whatIsNoModelAndNoPresetIsSaid() throws {
    let outcome = try CommandLineTool.run(["benchmark", "ssd301"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("neither a file nor a preset (ssd300"), "\(outcome.errors)")
  }
}
