import Foundation
import TestSupport
import Testing
import Torch

@Suite("ssd doctor")
struct DoctorCommandTests {
  @Test func namesTheMachineAndChecksAProductOnTheProcessor() throws {
    let outcome = try CommandLineTool.run(["doctor", "--json", "-"])
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let kernels = try #require(report["kernels"] as? [String: Any])
    #expect(try #require(kernels["difference"] as? Double) < 1e-4)
    let torch = try #require(report["torch"] as? [String: Any])
    #expect(torch["version"] as? String == Runtime.version)
    let products = try #require(torch["products"] as? [[String: Any]])
    for type in ["float32", "bfloat16"] {
      let product = try #require(
        products.first { $0["device"] as? String == "cpu" && $0["type"] as? String == type })
      #expect(
        try #require(product["error"] as? Double) <= #require(product["tolerance"] as? Double))
    }
    #expect((outcome.status == 0) == (report["problems"] as? [String])?.isEmpty)
  }

  @Test(.enabled(if: (try? CUDADriver()) == nil, "there is a GPU's driver"))
  func aDeviceThatIsNotThereIsNamedWithWhatToDo() throws {
    for command in [["benchmark", "train", "ssd300-tiny"], ["benchmark", "ssd300-tiny"]] {
      let outcome = try CommandLineTool.run(command + ["--device", "cuda"])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("no NVIDIA driver"), "\(outcome.errors)")
      #expect(outcome.errors.contains("--device cpu"), "\(outcome.errors)")
    }
  }
}
