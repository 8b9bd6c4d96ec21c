import Foundation
import Synchronization

/// A queue with threads of its own, for work that tasks wait for and that would block their threads.
///
/// Two pieces of work run at a time, in the order in which they came: while one is in the network,
/// which takes one after the other, the next is prepared. Work that waits holds no thread.
final class DetectionQueue: Sendable {
  private let threads = WorkThreads(count: 2, name: "detect")

  deinit { threads.end() }

  /// Runs `work` and returns what it returns.
  ///
  /// - Parameter work: is handed the cancellation of the calling task, to look at where it can stop.
  /// - Throws: what `work` throws; `CancellationError` at once when the task is cancelled before the
  ///   work has begun.
  func run<Output: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws -> Output
  ) async throws -> Output {
    let turn = Turn<Output>()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard turn.wait(continuation) else { return }
        threads.add { turn.take(work) }
      }
    } onCancel: {
      turn.cancel()
    }
  }
}

/// Whether the caller has lost interest in the result.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  func cancel() { flag.store(true, ordering: .relaxed) }

  /// - Throws: `CancellationError` when the caller has lost interest.
  func check() throws {
    if isCancelled { throw CancellationError() }
  }
}

/// One caller's turn in a queue.
private final class Turn<Output: Sendable>: Sendable {
  private let cancellation = Cancellation()
  /// The caller that waits for its turn; nil before it waits and once its turn has begun.
  private let waiting = Mutex<CheckedContinuation<Output, any Error>?>(nil)

  /// Lets the caller wait, unless it is cancelled already.
  /// - Returns: whether it waits.
  func wait(_ continuation: CheckedContinuation<Output, any Error>) -> Bool {
    let waits = waiting.withLock { waiting in
      // Under the lock, so that no cancellation falls between the look and the wait.
      guard !cancellation.isCancelled else { return false }
      waiting = continuation
      return true
    }
    if !waits { continuation.resume(throwing: CancellationError()) }
    return waits
  }

  /// Does the work, unless the caller has gone.
  func take(_ work: (Cancellation) throws -> Output) {
    guard let continuation = waiting.withLock({ $0.take() }) else { return }
    continuation.resume(with: Result { try work(cancellation) })
  }

  /// Lets the caller go if it still waits, and tells the work otherwise.
  func cancel() {
    let continuation = waiting.withLock { waiting in
      cancellation.cancel()
      return waiting.take()
    }
    continuation?.resume(throwing: CancellationError())
  }
}

/// Threads that do one piece of work after the other, started when they are first needed.
///
/// Threads of Dispatch would not do: tasks run on them too, so that work that blocks all of them
/// would stop every task of the process.
private final class WorkThreads: @unchecked Sendable {
  private let condition = NSCondition()
  private let count: Int
  private let name: String

  // All of these are guarded by `condition`.
  private var waiting: [@Sendable () -> Void] = []
  private var startedCount = 0
  private var idleCount = 0
  private var isOver = false

  init(count: Int, name: String) {
    self.count = count
    self.name = name
  }

  func add(_ work: @escaping @Sendable () -> Void) {
    condition.withLock {
      waiting.append(work)
      if idleCount < waiting.count, startedCount < count {
        startedCount += 1
        let thread = Thread { self.run() }
        thread.name = name
        thread.stackSize = 2 << 20
        thread.start()
      }
      condition.signal()
    }
  }

  /// Lets the threads end once nothing waits any more.
  func end() {
    condition.withLock {
      isOver = true
      condition.broadcast()
    }
  }

  private func run() {
    while let work = next() { work() }
  }

  private func next() -> (@Sendable () -> Void)? {
    condition.withLock {
      idleCount += 1
      defer { idleCount -= 1 }
      while waiting.isEmpty, !isOver { condition.wait() }
      return waiting.isEmpty ? nil : waiting.removeFirst()
    }
  }
}
