import Datasets
import Foundation
import MultiBox
import SSD
import TestSupport
import Testing
import Training

@Suite("ssd train")
struct TrainCommandTests {
  private func shapes(in folder: URL) throws -> URL {
    let data = folder.appending(path: "shapes")
    try SyntheticShapes(.simple, seed: 1).write(to: data, trainingCount: 4, testCount: 1)
    return data
  }

  private func train(_ arguments: String..., in folder: URL) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(["train", "shapes", "--output", "run"] + arguments, in: folder)
  }

  @Test func followsARecipeAsFarAsOptionsSayNothingElse() throws {
    try withTemporaryFolder { folder in
      _ = try shapes(in: folder)
      let outcome = try train(
        "--recipe", "shapes", "--batch", "2", "--iterations", "2", "--momentum", "0.8",
        "--precision", "float32", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let run = folder.appending(path: "run")
      let original = try Recipe(named: "shapes")
      var expected = original
      expected.training.batchSize = 2
      expected.training.schedule.iterations = 2
      expected.training.momentum = 0.8
      expected.training.precision = .float32
      expected.expected = nil
      #expect(try Recipe(named: run.appending(path: "recipe.json").path) == expected)
      let checkpoint = TrainingRun.lastCheckpoint(in: run)
      #expect(try Trainer.configuration(ofCheckpoint: checkpoint) == expected.training)
      #expect(try SSDNetwork(contentsOf: checkpoint).configuration.name == original.model)
    }
  }

  @Test func refusesWhatCannotBe() throws {
    try withTemporaryFolder { folder in
      _ = try shapes(in: folder)
      for (arguments, text) in [
        (["--recipe", "none"], "there is no such file"),
        (["--model", "ssd9"], "there is no network `ssd9`"),
        (["--accumulate", "0"], "accumulation is 0"),
        (["--freeze", "conv99", "--model", "ssd300-tiny"], "there is no layer `conv99`"),
        (["--decay", "cosine", "--decay-at", "0.5"], "belong to --decay steps"),
        (["--decay-at", "1.5"], "shares of the run"),
        (["--learning-rate", "0"], "not positive"),
      ] {
        let outcome = try CommandLineTool.run(["train", "shapes"] + arguments, in: folder)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains(text), "\(arguments): \(outcome.errors)")
      }
    }
  }

  /// The limit on the size of files stands for a disk without room: writing fails in the same place.
  @Test func leavesAStateToGoOnFromWhenTheDiskIsFull() throws {
    try withTemporaryFolder { folder in
      _ = try shapes(in: folder)
      // A constant rate, so that the length of the run decides nothing else.
      let settings = ["--model", "ssd300-tiny", "--batch", "2", "--decay-at", "1", "--iterations"]
      let whole = try CommandLineTool.run(
        ["train", "shapes", "--output", "whole"] + settings + ["4"], in: folder)
      #expect(whole.status == 0, "\(whole.errors)")

      let first = try CommandLineTool.run(
        ["train", "shapes", "--output", "run"] + settings + ["2"], in: folder,
        largestFile: 64 << 10)
      #expect(first.errors.contains("cannot write to the file"), "\(first.errors)")
      let runFolder = folder.appending(path: "run")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: runFolder.path).sorted() == [
          "metrics.jsonl", "recipe.json",
        ])
      let second = try CommandLineTool.run(
        ["train", "shapes", "--output", "run"] + settings + ["2"], in: folder)
      #expect(second.status == 0, "\(second.errors)")
      let last = TrainingRun.lastCheckpoint(in: folder.appending(path: "run"))
      let saved = try Data(contentsOf: last)
      let full = try CommandLineTool.run(
        ["train", "shapes", "--output", "run", "--resume", "--iterations", "4"], in: folder,
        largestFile: 64 << 10)
      #expect(full.status == 1)
      #expect(full.errors.contains("cannot write to the file"), "\(full.errors)")
      #expect(try Data(contentsOf: last) == saved)
      #expect(try train("--resume", "--iterations", "4", in: folder).status == 0)
      #expect(
        try Data(contentsOf: last)
          == Data(contentsOf: TrainingRun.lastCheckpoint(in: folder.appending(path: "whole"))))

      let over = try train("--resume", "--iterations", "4", in: folder)
      #expect(over.status == 0)
      #expect(over.errors.contains("nothing to do: the run is over after 4 iterations"))
    }
  }
}
