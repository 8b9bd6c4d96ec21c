import Foundation

/// A run of `ffmpeg` or `ffprobe`, which know every format of films.
///
/// Started by `posix_spawn`: a child of Foundation's `Process` holds on to the descriptors of the
/// others, and two that are joined by pipes then wait for each other for ever.
final class FFmpegTool {
  private let name: String
  private let messages: URL
  /// nil once its end has been noticed.
  private var child: pid_t?

  /// Starts the program, in a process group of its own: Ctrl-C is for this program to handle.
  ///
  /// - Parameters:
  ///   - input: the end of a pipe that it reads; nothing if nil. Closed here.
  ///   - output: the end of a pipe that it writes to; nothing if nil. Closed here.
  init(
    _ name: String, _ arguments: [String], input: Int32? = nil, output: Int32? = nil
  ) throws {
    self.name = name
    defer { [input, output].forEach { if let end = $0 { close(end) } } }
    let executable = try Self.executable(name)
    // A file, since a pipe that nobody empties would stop the program when it is full.
    messages = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (end, target, mode) in [(input, STDIN_FILENO, O_RDONLY), (output, STDOUT_FILENO, O_WRONLY)]
    {
      if let end {
        posix_spawn_file_actions_adddup2(&actions, end, target)
      } else {
        posix_spawn_file_actions_addopen(&actions, target, "/dev/null", mode, 0)
      }
    }
    posix_spawn_file_actions_addopen(
      &actions, STDERR_FILENO, messages.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)

    var words = ([name] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child = pid_t()
    let status = posix_spawn(&child, executable, &actions, &attributes, &words, environ)
    guard status == 0 else {
      throw CommandError("\(executable) cannot be started: \(String(cString: strerror(status)))")
    }
    self.child = child
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(at: messages)
  }

  /// Waits for the end.
  /// - Throws: ``CommandError`` with the program's own words if it failed.
  func finish(_ purpose: String) throws {
    guard wait() == 0 else {
      throw CommandError("\(purpose): \(complaint ?? "\(name) failed")")
    }
  }

  /// Ends the program, if it still runs.
  func stop() {
    guard let child else { return }
    kill(child, SIGKILL)
    _ = wait()
  }

  /// Waits for the end; 0 is success.
  private func wait() -> Int32 {
    guard let child else { return 0 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    self.child = nil
    return status
  }

  /// The last line that the program wrote about what is wrong.
  private var complaint: String? {
    let text = (try? String(decoding: Data(contentsOf: messages), as: UTF8.self)) ?? ""
    return text.split(whereSeparator: \.isNewline).last.map { String($0) }
  }

  private static func executable(_ name: String) throws -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let paths = folders.map { "\($0)/\(name)" }
    guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
      throw CommandError(
        "films need \(name), which is not on PATH; install it (Debian: apt-get install ffmpeg)")
    }
    return path
  }

  /// The two ends of a pipe that no other child gets.
  static func pipe() throws -> (reading: FileHandle, writing: FileHandle) {
    var ends: [Int32] = [0, 0]
    guard Foundation.pipe(&ends) == 0 else {
      throw CommandError("no pipe can be made: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (
      FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
      FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    )
  }

  /// All that a program writes.
  static func output(_ name: String, _ arguments: [String], purpose: String) throws -> Data {
    let (reading, writing) = try pipe()
    let tool = try FFmpegTool(name, arguments, output: writing.handedOver())
    let data = try reading.readToEnd() ?? Data()
    try tool.finish(purpose)
    return data
  }
}

extension FileHandle {
  /// A descriptor of the same, which belongs to whoever asked; this one is closed.
  func handedOver() throws -> Int32 {
    let copy = fcntl(fileDescriptor, F_DUPFD_CLOEXEC, 3)
    try close()
    return copy
  }
}
