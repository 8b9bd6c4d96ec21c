import Foundation
import Weights

/// `metrics.jsonl`: one JSON object a line, `{"kind": "step", ...}`, `{"kind": "validation", ...}` or
/// `{"kind": "skipped", ...}`. Numbers that are not finite are the texts `nan`, `inf` and `-inf`.
public final class MetricsLog {
  private let handle: FileHandle
  private let encoder = JSONEncoder()

  /// Opens the log of a run, or goes on with it.
  ///
  /// - Parameter iteration: lines after it are dropped: they belong to steps that were lost with an
  ///   interrupted run and are done again.
  public init(_ url: URL, resumingAfter iteration: Int) throws {
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let kept = try Self.lines(of: url).filter { line in
      struct Position: Decodable { let iteration: Int }
      let position = try? JSONDecoder().decode(Position.self, from: Data(line.utf8))
      return position.map { $0.iteration <= iteration } ?? false
    }
    try AtomicFile.write(Data(kept.map { $0 + "\n" }.joined().utf8), to: url)
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
  }

  private static func lines(of url: URL) throws -> [Substring] {
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
  }

  /// Adds an iteration.
  public func append(_ step: TrainingStep) throws { try append(step, kind: "step") }

  /// Adds an iteration that was left out.
  public func append(_ step: BadStep) throws { try append(step, kind: "skipped") }

  /// Adds a validation.
  public func append(_ result: ValidationResult) throws { try append(result, kind: "validation") }

  private func append(_ value: some Encodable, kind: String) throws {
    try handle.write(contentsOf: encoder.encode(Line(kind: kind, value: value)) + Data("\n".utf8))
  }
}

/// The members of a value and its kind, in one object.
private struct Line<Value: Encodable>: Encodable {
  let kind: String
  let value: Value

  enum CodingKeys: String, CodingKey { case kind }

  func encode(to encoder: any Encoder) throws {
    try value.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
  }
}
