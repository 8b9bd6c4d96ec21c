#if Distributed
  import CMPI
  import Foundation
  import Training

  /// Processes with a GPU each, which add up values in the GPUs' memory by NCCL.
  final class NCCLGroup: @unchecked Sendable {
    /// A sum under way, to be finished once.
    struct Sum: @unchecked Sendable {
      fileprivate let pointer: OpaquePointer
    }

    private let pointer: OpaquePointer

    /// A name for a new group, from one of its processes for all of them.
    static func newName() throws -> Data {
      var name = [UInt8](repeating: 0, count: Int(CNCCLIdentifierSize))
      try check(cnccl_identifier(&name))
      return Data(name)
    }

    /// Joins a group; returns when all its processes have.
    ///
    /// - Parameter device: the number of this process's GPU on its machine.
    init(named name: Data, rank: Int, count: Int, device: Int) throws {
      var group: OpaquePointer?
      try Self.check(
        name.withUnsafeBytes {
          cnccl_join($0.baseAddress!, Int32(rank), Int32(count), Int32(device), &group)
        })
      pointer = group!
    }

    /// Begins to overwrite values in the GPU's memory with their sums, after all that it has been given
    /// to do so far.
    func startSum(of values: UnsafeMutablePointer<Float>, count: Int) throws -> Sum {
      var sum: OpaquePointer?
      try Self.check(cnccl_start_sum(pointer, values, count, &sum))
      return Sum(pointer: sum!)
    }

    /// Waits for a sum.
    ///
    /// - Returns: whether it was given up, because a process is gone.
    func finish(_ sum: Sum) throws -> Bool {
      var isAbandoned: Int32 = 0
      try Self.check(cnccl_finish(pointer, sum.pointer, &isAbandoned))
      return isAbandoned != 0
    }

    private static func check(_ failure: UnsafePointer<CChar>?) throws {
      if let failure { throw CommunicationError.failed(String(cString: failure)) }
    }
  }
#endif
