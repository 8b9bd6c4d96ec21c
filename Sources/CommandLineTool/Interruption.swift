import Dispatch
import Foundation
import Synchronization

/// Notices Ctrl-C and the polite request to terminate, so that long work can stop with its state
/// saved. A second Ctrl-C stops at once.
final class Interruption: Sendable {
  static let shared = Interruption()

  private let requested = Atomic(false)
  /// Only written here; they live as long as the process.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  private init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [unowned self] in
        // `exit` would tear the program down under the threads that compute.
        if requested.exchange(true, ordering: .relaxed) { _exit(130) }
        printError("\nstopping after this step ...")
      }
      source.activate()
    }
  }

  /// Whether somebody wants the work to stop.
  var isRequested: Bool { requested.load(ordering: .relaxed) }
}
