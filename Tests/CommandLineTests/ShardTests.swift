import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Work in parts")
struct ShardTests {
  private func run(_ arguments: String..., in folder: URL) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(arguments, in: folder)
  }

  /// Seven pictures and an untrained model.
  private func prepare(_ folder: URL) throws {
    try SyntheticShapes(.simple, seed: 1)
      .write(to: folder.appending(path: "shapes"), trainingCount: 5, testCount: 2)
    let outcome = try run("export", "ssd300-tiny", "model.safetensors", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func joinedIsTheWholeByteForByte() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      let detect = [
        "detect", "model.safetensors", "shapes/JPEGImages", "--minimum-score", "0.04", "--limit",
        "5",
      ]
      func lines(_ arguments: [String]) throws -> (lines: String, text: String) {
        let file = folder.appending(path: "found.jsonl")
        let written = try CommandLineTool.run(
          detect + ["--json", "found.jsonl"] + arguments, in: folder)
        #expect(written.status == 0, "\(written.errors)")
        return (
          try String(contentsOf: file, encoding: .utf8),
          try CommandLineTool.run(detect + arguments, in: folder).output
        )
      }
      let whole = try lines([])
      let parts = try (1...3).map { try lines(["--shard", "\($0)/3"]) }
      #expect(parts.map(\.lines).joined() == whole.lines)
      #expect(parts.map(\.text).joined() == whole.text)
      #expect(parts.map { $0.lines.split(separator: "\n").count } == [2, 2, 3])
      #expect(whole.lines.contains("\"label\""))
    }
  }

  @Test func givesEveryPictureTheNameItHasInTheWhole() throws {
    try withTemporaryFolder { folder in
      try prepare(folder)
      let images = folder.appending(path: "shapes/JPEGImages")
      let again = folder.appending(path: "again")
      try FileManager.default.copyItem(at: images, to: again)
      func names(_ output: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
          atPath: folder.appending(path: output).path
        ).sorted()
      }
      let detect = ["detect", "model.safetensors", "shapes/JPEGImages", "again", "--output"]
      _ = try CommandLineTool.run(detect + ["whole"], in: folder)
      for part in 1...2 {
        _ = try CommandLineTool.run(detect + ["parts", "--shard", "\(part)/2"], in: folder)
      }
      #expect(try names("parts") == names("whole"))
      #expect(try names("whole").count == 14)
    }
  }

  @Test func ofAnEvaluationScoresTogetherAsTheWhole() throws {
    try withTemporaryFolder { folder in
      try SyntheticShapes(.simple, seed: 1)
        .write(to: folder.appending(path: "shapes"), trainingCount: 16, testCount: 5)
      let trained = try run(
        "train", "shapes", "--model", "ssd300-tiny", "--batch", "2", "--iterations", "1",
        "--output",
        "run", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      func evaluate(_ name: String, _ arguments: String...) throws -> [String: String] {
        let outcome = try CommandLineTool.run(
          ["evaluate", "run/last.safetensors", "shapes", "--save-results", name] + arguments,
          in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let results = folder.appending(path: name)
        let names = try FileManager.default.contentsOfDirectory(atPath: results.path)
        return Dictionary(
          uniqueKeysWithValues: try names.map {
            ($0, try String(contentsOf: results.appending(path: $0), encoding: .utf8))
          })
      }
      let whole = try evaluate("whole")
      let parts = try [evaluate("one", "--shard", "1/2"), evaluate("two", "--shard", "2/2")]
      #expect(whole.count > 1)
      for (name, lines) in whole {
        let joined = parts.compactMap { $0[name] }.joined()
        #expect(
          joined.split(separator: "\n").sorted() == lines.split(separator: "\n").sorted(), "\(name)"
        )
      }
    }
  }

  @Test(arguments: ["0/3", "4/3", "3", "1/0", "a/b", "1/2/3"])
  func thatDoesNotExistIsRefused(part: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try run(
        "detect", "model.safetensors", "photos", "--shard", part, in: folder)
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("--shard takes K/N"), "\(outcome.errors)")
    }
  }

  @Test func ofATrainingNeedsAProgramBuiltForIt() throws {
    try withTemporaryFolder { folder in
      var environment = ProcessInfo.processInfo.environment
      environment["OMPI_COMM_WORLD_SIZE"] = "2"
      environment["OMPI_COMM_WORLD_RANK"] = "1"
      let outcome = try CommandLineTool.run(
        ["train", "shapes"], in: folder, environment: environment)
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("one of 2 processes"), "\(outcome.errors)")
      #expect(outcome.errors.contains("make distributed"))
    }
  }
}
