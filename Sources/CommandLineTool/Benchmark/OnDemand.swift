import Foundation

/// Measuring in turn with another program: work is done when a line of the standard input asks for it.
enum OnDemand {
  /// What a line is answered with.
  struct Answer: Encodable {
    /// Of all repetitions.
    let seconds: Double
    /// How many there were.
    var count: Int?
    /// Of the last training step.
    var loss: Double?
  }

  /// Answers lines such as `step 3` with one line of JSON each, until there are no more.
  ///
  /// - Parameter work: does it so often.
  static func serve(_ work: (Int) throws -> some Encodable) throws {
    try answer(["ready": SSDCommand.configuration.version])
    while let count = nextCount() { try answer(work(count)) }
  }

  /// As ``serve(_:)``, with a line of JSON for each repetition.
  static func serveEach(_ work: () throws -> some Encodable) throws {
    try answer(["ready": SSDCommand.configuration.version])
    while let count = nextCount() {
      for _ in 0..<count { try answer(work()) }
    }
  }

  private static func nextCount() -> Int? {
    readLine().map { $0.split(separator: " ").last.flatMap { Int($0) } ?? 0 }
  }

  private static func answer(_ value: some Encodable) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
  }
}
