import Foundation

/// Work that several threads do, whose results are handed out in the order in which it was given.
///
/// The work under way or waiting to be taken is bounded: a caller that gives more waits.
final class OrderedWork<Input: Sendable, Output: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let capacity: Int
  private let work: @Sendable (Input) -> Output

  // All of these are guarded by `condition`.
  private var waiting: [(number: Int, input: Input)] = []
  private var results: [Int: Output] = [:]
  private var givenCount = 0
  private var takenCount = 0
  private var isComplete = false
  private var isCancelled = false

  /// - Parameter capacity: the number of inputs that may be given and not yet taken.
  init(threads: Int, capacity: Int, name: String, work: @escaping @Sendable (Input) -> Output) {
    precondition(threads > 0 && capacity > 0, "work needs threads and a capacity")
    self.capacity = capacity
    self.work = work
    for _ in 0..<threads {
      let thread = Thread { self.run() }
      thread.name = name
      thread.stackSize = 2 << 20
      thread.start()
    }
  }

  /// Gives work, once the capacity allows it. Nothing happens after ``cancel()``.
  /// - Returns: whether more is wanted.
  @discardableResult
  func give(_ input: Input) -> Bool {
    condition.withLock {
      while givenCount - takenCount >= capacity, !isCancelled { condition.wait() }
      guard !isCancelled else { return false }
      waiting.append((givenCount, input))
      givenCount += 1
      condition.broadcast()
      return true
    }
  }

  /// Says that no more work comes.
  func complete() {
    condition.withLock {
      isComplete = true
      condition.broadcast()
    }
  }

  /// Drops the work that has not begun, and lets every thread that waits go.
  func cancel() {
    condition.withLock {
      isCancelled = true
      waiting = []
      condition.broadcast()
    }
  }

  /// The next result, or nil after the last one. Waits until it is there.
  func take() -> Output? {
    condition.withLock {
      while !isCancelled, results[takenCount] == nil, !(isComplete && takenCount == givenCount) {
        condition.wait()
      }
      guard !isCancelled, let result = results.removeValue(forKey: takenCount) else { return nil }
      takenCount += 1
      condition.broadcast()
      return result
    }
  }

  private func run() {
    while let (number, input) = takeWork() {
      let result = work(input)
      condition.withLock {
        results[number] = result
        condition.broadcast()
      }
    }
  }

  private func takeWork() -> (Int, Input)? {
    condition.withLock {
      while waiting.isEmpty, !isCancelled, !isComplete { condition.wait() }
      return waiting.isEmpty ? nil : waiting.removeFirst()
    }
  }
}
