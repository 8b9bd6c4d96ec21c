import Foundation
import Images
import MultiBox
import SSD
import TestSupport
import Testing

@Suite("The engines of ssd detect")
struct EngineTests {
  private struct Found: Decodable {
    let file: String
    let detections: [Detection]

    struct Detection: Decodable {
      let label: String
      let score: Float
      let fraction: [Float]
    }
  }

  private func found(_ arguments: [String], in folder: URL) throws -> [Found] {
    let json = folder.appending(path: "found.json")
    let outcome = try CommandLineTool.run(["detect"] + arguments + ["--json", json.path])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode([Found].self, from: Data(contentsOf: json))
  }

  @Test func findTheSameObjectsInTheSameOrder() throws {
    try withTemporaryFolder { folder in
      let model = folder.appending(path: "model.safetensors")
      try ModelFile.write(
        SSDNetwork(.ssd300Tiny(classes: ClassList(["circle", "square"]))), to: model)
      let names = ["c.png", "a.png", "b.jpg"]
      for (number, name) in names.enumerated() {
        var picture = Image(width: 300 + 20 * number, height: 310)
        for index in picture.pixels.indices {
          picture.pixels[index] = UInt8(truncatingIfNeeded: index &* index >> (7 + number))
        }
        try picture.write(to: folder.appending(path: name))
      }
      let arguments =
        [model.path] + names.map { folder.appending(path: $0).path } + [
          "--minimum-score", "0.3", "--precision", "float32", "--limit", "20", "--batch", "2",
        ]
      let native = try found(arguments, in: folder)
      let torch = try found(arguments + ["--engine", "torch"], in: folder)
      #expect(native.map { URL(filePath: $0.file).lastPathComponent } == names)
      for (ours, theirs) in zip(native, torch) {
        #expect(ours.detections.count == theirs.detections.count)
        for (one, other) in zip(ours.detections, theirs.detections) {
          #expect(abs(one.score - other.score) < 1e-3)
        }
        // Scores that differ in the last bits may swap places, and at the end leave the list.
        for one in ours.detections.prefix(10) {
          #expect(
            theirs.detections.contains { other in
              one.label == other.label
                && zip(one.fraction, other.fraction).allSatisfy { abs($0 - $1) < 1e-3 }
            })
        }
      }
    }
  }

  @Test func refuseAPrecisionThatTheyDoNotHave() throws {
    let outcome = try CommandLineTool.run([
      "detect", "model", "picture", "--engine", "torch", "--precision", "int8",
    ])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("--engine torch has no --precision int8"))
  }

  @Test func refuseADeviceThatTheyDoNotHave() throws {
    let outcome = try CommandLineTool.run([
      "detect", "model", "picture", "--engine", "native", "--device", "cuda:1",
    ])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("--engine native computes on the CPU"))
    #expect(outcome.errors.contains("--device cuda:1"))
  }
}
