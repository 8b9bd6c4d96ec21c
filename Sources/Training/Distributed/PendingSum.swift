import Dispatch
import Synchronization

/// A sum over ranks that is under way.
public final class PendingSum: Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let outcome = Mutex<Result<Duration, any Error>?>(nil)

  /// A sum that has only begun.
  public init() {}

  /// Says that the sum is there and how long it took, or why there will be none.
  public func finish(_ outcome: Result<Duration, any Error>) {
    self.outcome.withLock { $0 = outcome }
    done.signal()
  }

  /// Waits for the sum, once.
  ///
  /// - Returns: how long it took, from its turn to its end.
  public func wait() throws -> Duration {
    done.wait()
    return try outcome.withLock { $0! }.get()
  }
}
