import Foundation
import TestSupport
import Testing

@Suite struct FormerOptionNameTests {
  private static let models = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Docs/Models").standardizedFileURL
  private let detection = [
    "detect", models.appending(path: "shapes.safetensors").path,
    models.appending(path: "scene.jpg").path, "--precision", "float32", "--json", "-",
  ]

  private func detections(_ options: String...) throws -> String {
    let outcome = try CommandLineTool.run(detection + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test func `detection gives under former names what it gives under the new ones`() throws {
    let plain = try detections()
    let excluded = try detections("--exclude-class", "circle")
    #expect(try detections("--suppress", "circle") == excluded && excluded != plain)
    let threshold = try detections("--iou-threshold", "0.1", "--minimum-score", "0.1")
    #expect(
      try detections("--maximum-overlap", "0.1", "--minimum-score", "0.1") == threshold)
    let agnostic = try detections("--class-agnostic-nms")
    #expect(try detections("--exclusive") == agnostic && agnostic != plain)
  }

  @Test func `both names of an option that may be repeated count together`() throws {
    let both = try detections("--suppress", "circle", "--exclude-class", "square")
    #expect(!both.contains("circle") && !both.contains("square"))
  }

  @Test(arguments: [
    (["explain", "suppression", "--output", "a.png", "--maximum-overlap", "2"], "--iou-threshold"),
    (["explain", "jaccard", "--output", "a.png", "--overlap", "2"], "--iou"),
    (["evaluate", "a", "b", "--maximum-overlap", "2"], "--iou-threshold"),
    (["quantize", "a", "b", "--calibration", "c", "--pictures", "0"], "--images"),
  ])
  func `a wrong value under a former name is refused with the new one`(
    arguments: [String], name: String
  ) throws {
    let outcome = try CommandLineTool.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(name), "\(outcome.errors)")
  }

  @Test(arguments: [
    ["train", "missing", "--clip", "10", "--average", "0.9", "--skip-bad-steps", "--whole-priors"],
    ["benchmark", "boxes", "missing", "--maximum-overlap", "0.5"],
    ["explain", "overview", "--output", "a.png", "--model", "missing", "--maximum-overlap", "0.5"],
  ])
  func `former names are understood`(arguments: [String]) throws {
    let outcome = try CommandLineTool.run(arguments)
    // The command begins, and finds what is missing.
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("missing"), "\(outcome.errors)")
  }

  @Test(arguments: [
    (["detect"], ["--maximum-overlap", "--suppress", "--exclusive"]),
    (["evaluate"], ["--maximum-overlap"]),
    (["explain", "suppression"], ["--maximum-overlap"]),
    (["explain", "overview"], ["--maximum-overlap"]),
    (["explain", "jaccard"], ["--overlap"]),
    (["benchmark", "boxes"], ["--maximum-overlap"]),
    (["quantize"], ["--pictures"]),
    (["train"], ["--clip", "--average ", "--skip-bad-steps", "--whole-priors"]),
  ])
  func `help shows no former name`(command: [String], names: [String]) throws {
    let help = try CommandLineTool.run(["help"] + command)
    #expect(help.status == 0 && help.output.contains("OPTIONS"))
    for name in names { #expect(!help.output.contains(name), "\(name)") }
  }
}
