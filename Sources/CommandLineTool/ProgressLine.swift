import Foundation

/// One line that is kept up to date on a terminal, and written now and then into a log.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let interval: Duration
  private var last: ContinuousClock.Instant
  private var isOpen = false

  /// - Parameter interval: between two lines when nobody watches; on a terminal it is a tenth of a
  ///   second.
  init(interval: Duration = .seconds(10)) {
    self.interval = isatty(STDERR_FILENO) == 1 ? .milliseconds(100) : interval
    last = .now
  }

  /// Shows `text`, which is only computed when it is time to.
  mutating func show(_ text: @autoclosure () -> String) {
    let now = ContinuousClock.now
    if now - last < interval { return }
    last = now
    if isTerminal {
      write("\r\u{1B}[K" + text().prefix(columns - 1))
      isOpen = true
    } else {
      write(text() + "\n")
    }
  }

  /// Writes a line that stays.
  mutating func note(_ text: String) {
    write((isOpen ? "\r\u{1B}[K" : "") + text + "\n")
    isOpen = false
  }

  /// Removes the line.
  mutating func close() {
    if isOpen { write("\r\u{1B}[K") }
    isOpen = false
  }

  private var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
      ? Int(size.ws_col) : 100
  }

  private func write(_ text: some StringProtocol) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// Durations as people say them.
func formatted(seconds: Double) -> String {
  guard seconds.isFinite else { return "?" }
  let whole = Int(seconds.rounded())
  return switch whole {
  case ..<60: "\(whole) s"
  case ..<3600: "\(whole / 60) min \(whole % 60) s"
  default: "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
