import Datasets
import Foundation
import Torch

/// The processes of a run, and what they tell each other.
///
/// Every rank calls the same methods in the same order, one at a time. Sums are the same on all ranks,
/// bit for bit, so that ranks which start with equal weights keep them.
public protocol Communicator: AnyObject, Sendable {
  /// This process's number, from 0.
  var rank: Int { get }
  /// How many processes there are.
  var count: Int { get }

  /// The sums over all ranks, value by value.
  ///
  /// - Throws: ``CommunicationError``, as every method.
  func sums(of values: [Double]) throws -> [Double]

  /// What each rank gave, in the order of ranks, on every one of them.
  func gathered(_ data: Data) throws -> [Data]

  /// Overwrites a tensor with rank 0's.
  func broadcast(_ tensor: Tensor) throws

  /// Begins to overwrite a tensor with the sum over all ranks, while the caller goes on.
  ///
  /// - Parameter tensor: contiguous and float32; nobody else touches it until the sum is there.
  func startSum(of tensor: Tensor) -> PendingSum
}

extension Communicator {
  /// Whether this is the rank that writes files and speaks.
  public var isLead: Bool { rank == 0 }

  /// What this rank does of work that is shared out.
  public var share: Share { Share(rank, of: count) }

  /// Whether the answer is yes on any rank: then it is on all.
  public func anyRank(_ answer: Bool) throws -> Bool {
    guard count > 1 else { return answer }
    return try sums(of: [answer ? 1 : 0])[0] > 0
  }

  /// Rank 0's value: ranks with another number of threads or another processor could have computed one
  /// that differs in its last bits.
  func agreed(_ value: Double) throws -> Double {
    count > 1 ? try sums(of: [isLead ? value : 0])[0] : value
  }

  /// Makes sure that all ranks hold the same: those that differ would wait for each other for ever, or
  /// train on something else unnoticed.
  ///
  /// - Parameters:
  ///   - what: its name, in the plural.
  ///   - text: what has to be equal.
  /// - Throws: ``CommunicationError/differ(rank:what:)``, on all ranks.
  func requireEqual(_ what: String, _ text: String) throws {
    guard count > 1 else { return }
    let texts = try gathered(Data(text.utf8))
    if let rank = texts.firstIndex(where: { $0 != texts[0] }) {
      throw CommunicationError.differ(rank: rank, what: what)
    }
  }
}

/// The only process of a run: there is nobody to talk to.
public final class SingleProcess: Communicator {
  /// 0
  public let rank = 0
  /// 1
  public let count = 1

  /// A run in one process.
  public init() {}

  /// The values themselves.
  public func sums(of values: [Double]) -> [Double] { values }

  /// This process's data alone.
  public func gathered(_ data: Data) -> [Data] { [data] }

  /// Leaves the tensor as it is.
  public func broadcast(_ tensor: Tensor) {}

  /// Leaves the tensor as it is.
  public func startSum(of tensor: Tensor) -> PendingSum {
    let sum = PendingSum()
    sum.finish(.success(.zero))
    return sum
  }
}

/// Why ranks cannot go on together.
public enum CommunicationError: Error, CustomStringConvertible {
  /// A process of the run is gone.
  case lost(rank: Int, host: String)
  /// What the engine of communication says.
  case failed(String)
  /// Ranks that were started on different things.
  case differ(rank: Int, what: String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .lost(let rank, let host):
      """
      rank \(rank) on \(host) has ended before its time: its own messages, or the launcher's, say why. \
      The same command with --resume goes on, with any number of ranks
      """
    case .failed(let reason): "communication between ranks failed: \(reason)"
    case .differ(let rank, let what):
      "rank \(rank) has other \(what) than rank 0: start all ranks on the same files and options"
    }
  }
}
