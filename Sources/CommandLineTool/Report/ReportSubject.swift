import Foundation
import MultiBox
import Report
import Weights

/// A model, and what its run's folder tells about it.
struct ReportSubject {
  let model: ImportedModel
  let history: TrainingHistory?
  /// What the checkpoint says about its run.
  let training: TrainingState?

  /// The part of a checkpoint's state that a report needs; all else is shown as it is.
  struct TrainingState: Decodable {
    let iteration: Int
    let configuration: Configuration

    struct Configuration: Decodable {
      let schedule: Schedule
    }

    struct Schedule: Decodable {
      let iterations: Int
    }
  }

  /// - Parameter path: a run's folder, whose best model is taken, or a model file.
  init(_ path: String) throws {
    let file = try Self.modelFile(path)
    model = try ImportedModel(contentsOf: file)
    training = model.metadata["training"].flatMap {
      try? JSONDecoder().decode(TrainingState.self, from: Data($0.utf8))
    }
    let log = file.deletingLastPathComponent().appending(path: "metrics.jsonl")
    // Another model may lie beside a log that is not its own.
    history =
      training != nil && FileManager.default.fileExists(atPath: log.path)
      ? try TrainingHistory(contentsOf: log) : nil
  }

  private static func modelFile(_ path: String) throws -> URL {
    let url = URL(filePath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw CommandError("there is no run and no model \(path)")
    }
    guard isFolder.boolValue else { return url }
    let candidates = ["best.safetensors", "last.safetensors"].map { url.appending(path: $0) }
    if let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      return file
    }
    let isRun = FileManager.default.fileExists(atPath: url.appending(path: "metrics.jsonl").path)
    throw CommandError(
      isRun
        ? "the run \(path) has no checkpoint yet; it gets its first one with its first validation"
        : "\(path) holds no run: neither best.safetensors nor last.safetensors")
  }

  /// What a reader has to know first.
  var notices: [String] {
    guard let training else { return [] }
    let done = max(history?.iterations ?? 0, training.iteration)
    let planned = training.configuration.schedule.iterations
    guard done < planned else { return [] }
    return [
      """
      The run is not over: \(done) of \(planned) iterations are done. This model is from iteration \
      \(training.iteration).
      """
    ]
  }

  /// The settings of the run, as the checkpoint holds them.
  var settings: [SettingsGroup] {
    guard let text = model.metadata["training"],
      let state = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let configuration = state["configuration"],
      let json = try? JSONSerialization.data(withJSONObject: configuration)
    else { return [] }
    return SettingsGroup.groups(title: "training", json: String(decoding: json, as: UTF8.self))
  }
}
