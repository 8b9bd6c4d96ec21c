import Foundation
import Protobuf

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
    try append(step: 0) { $0.add(3, "brain.Event:2") }
    guard step > 0 else { return }
    // A session log whose status, 1, says that the run starts here.
    try append(step: step + 1) { $0.add(7) { $0.add(1, 1) } }
  }

  /// Adds values of a step.
  /// - Throws: what Foundation says when the file cannot be written.
  public func append(_ values: [EventValue], step: Int) throws {
    try append(step: step) { event in
      event.add(5) { summary in
        for value in values { summary.add(1, value.message) }
      }
    }
  }

  /// Appends an `Event`: the time 1, the step 2, and one of version 3, summary 5 and session log 7.
  ///
  /// Field numbers here and in ``EventValue``: TensorFlow's `event.proto`, `summary.proto`,
  /// `tensor.proto` and `tensor_shape.proto`.
  private func append(step: Int, _ fill: (inout ProtobufMessage) -> Void) throws {
    var event = ProtobufMessage()
    event.add(1, Date.now.timeIntervalSince1970)
    // As everywhere in the third version of the format, what is 0 is left out.
    if step != 0 { event.add(2, step) }
    fill(&event)
    var record = Data(capacity: event.count)
    try event.write { record.append(contentsOf: $0) }
    try records.append(record)
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
