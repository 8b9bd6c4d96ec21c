import Foundation
import Torch
import Training

/// Ranks that are threads of this process.
final class ThreadCommunicator: Communicator {
  let rank: Int
  var count: Int { meeting.count }
  private let meeting: Meeting
  private let queue = DispatchQueue(label: "rank")

  private init(rank: Int, meeting: Meeting) {
    self.rank = rank
    self.meeting = meeting
  }

  /// Runs `body` on each rank; one that throws is gone for the others.
  static func together<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (ThreadCommunicator) throws -> Result
  ) -> [Swift.Result<Result, any Error>] {
    let meeting = Meeting(count: count)
    let results = Results<Result>()
    let group = DispatchGroup()
    for rank in 0..<count {
      group.enter()
      let thread = Thread {
        let result = Swift.Result {
          try body(ThreadCommunicator(rank: rank, meeting: meeting))
        }
        if case .failure = result { meeting.leave(rank) }
        results.set(result, of: rank)
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    return (0..<count).map { results[$0] }
  }

  func sums(of values: [Double]) throws -> [Double] {
    let all = try queue.sync { try meeting.exchange(values, from: rank) }
    return values.indices.map { index in all.reduce(0) { $0 + $1[index] } }
  }

  func gathered(_ data: Data) throws -> [Data] {
    try queue.sync { try meeting.exchange(data, from: rank) }
  }

  func broadcast(_ tensor: Tensor) throws {
    let all = try gathered(tensor.withBytes { Data($0) })
    tensor.assign(
      all[0].withUnsafeBytes {
        Tensor(bytes: $0, shape: tensor.shape, scalarType: tensor.scalarType)
      })
  }

  func startSum(of tensor: Tensor) -> PendingSum {
    let sum = PendingSum()
    queue.async { [self] in
      sum.finish(
        Result {
          let all = try meeting.exchange(tensor.array(of: Float.self), from: rank)
          tensor.assign(
            all.dropFirst().reduce(Tensor(all[0], shape: tensor.shape)) {
              $0 + Tensor($1, shape: tensor.shape)
            })
          return .zero
        })
    }
    return sum
  }
}

/// Where threads exchange values, one round after the other.
private final class Meeting: @unchecked Sendable {
  let count: Int
  // All of these are guarded by `condition`.
  private let condition = NSCondition()
  private var given: [Int: any Sendable] = [:]
  private var round = 0
  private var lastRound: [any Sendable] = []
  private var gone: Int?

  init(count: Int) { self.count = count }

  func exchange<Value: Sendable>(_ value: Value, from rank: Int) throws -> [Value] {
    try condition.withLock {
      given[rank] = value
      if given.count == count {
        lastRound = (0..<count).map { given[$0]! }
        given = [:]
        round += 1
        condition.broadcast()
      } else {
        let present = round
        while round == present, gone == nil { condition.wait() }
        if round == present, let gone { throw CommunicationError.lost(rank: gone, host: "here") }
      }
      return lastRound.map { $0 as! Value }
    }
  }

  func leave(_ rank: Int) {
    condition.withLock {
      gone = gone ?? rank
      condition.broadcast()
    }
  }
}

private final class Results<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int: Result<Value, any Error>] = [:]

  func set(_ value: Result<Value, any Error>, of rank: Int) {
    lock.withLock { values[rank] = value }
  }

  subscript(rank: Int) -> Result<Value, any Error> { lock.withLock { values[rank]! } }
}
