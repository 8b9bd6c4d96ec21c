import Foundation
import SwiftProtobuf

/// A file that TensorBoard reads: figures, curves and pictures by step.
///
/// A folder may hold several; TensorBoard reads them by name, which begins with the time, as one run.
public final class EventFile {
  /// The file.
  public let url: URL
  private let records: RecordFile

  /// Creates a file in a folder.
  ///
  /// - Parameters:
  ///   - folder: is created when it does not exist.
  ///   - step: the last step that is done, where an interrupted run goes on: what earlier files of
  ///     the folder hold of later steps is superseded.
  /// - Throws: what Foundation says when the file cannot be written.
  public init(in folder: URL, resumingAfter step: Int = 0) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = Self.freeName(in: folder)
    records = try RecordFile(url)
    try append { $0.fileVersion = "brain.Event:2" }
    guard step > 0 else { return }
    try append(step: step + 1) { $0.sessionLog = .with { $0.status = .start } }
  }

  /// Adds values of a step.
  /// - Throws: what Foundation says when the file cannot be written.
  public func append(_ values: [EventValue], step: Int) throws {
    try append(step: step) { event in
      event.summary = .with { $0.values = values.map(\.message) }
    }
  }

  private func append(step: Int = 0, _ fill: (inout Event) -> Void) throws {
    var event = Event()
    event.wallTime = Date.now.timeIntervalSince1970
    event.step = Int64(step)
    fill(&event)
    try records.append(event.serializedData())
  }

  /// `events.out.tfevents.`, the seconds since 1970, the host and the process: what TensorFlow names
  /// them. TensorBoard wants the first part.
  private static func freeName(in folder: URL) -> URL {
    var second = Int(Date.now.timeIntervalSince1970)
    // Foundation's name of the host asks the network, and may wait for an answer.
    let host = (try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)) ?? ""
    let name = host.trimmingCharacters(in: .whitespacesAndNewlines)
    while true {
      let url = folder.appending(
        path: String(format: "events.out.tfevents.%010d.%@.%d", second, name, getpid()))
      if !FileManager.default.fileExists(atPath: url.path) { return url }
      second += 1
    }
  }
}
