#if Distributed
  import CMPI
  import Dispatch
  import Foundation
  import Synchronization
  import Torch
  import Training

  /// Processes that an MPI launcher started, on one machine or many.
  ///
  /// All calls of MPI happen one after the other on one queue, so that the backward pass goes on while
  /// gradients travel. A ``Lifeline`` beside it tells when a process is gone, for which MPI has no word.
  public final class MPICommunicator: Communicator {
    /// This process's number, from 0.
    public let rank: Int
    /// How many processes there are.
    public let count: Int
    private let queue = DispatchQueue(label: "MPI", qos: .userInitiated)
    private let lifeline: Lifeline
    /// For sums on GPUs; made when the first comes.
    private let gpus = Mutex<Result<NCCLGroup, any Error>?>(nil)

    /// Joins the other processes of a launch.
    ///
    /// - Throws: ``CommunicationError`` when MPI does not see what the launcher started.
    public init(_ launch: Launch) throws {
      var (rank, count): (Int32, Int32) = (0, 0)
      let code = queue.sync { cmpi_begin(&rank, &count) }
      guard code == 0 else { throw Self.error(code) }
      guard Int(count) == launch.count else {
        throw CommunicationError.failed(
          """
          \(launch.variable) says that there are \(launch.count) ranks, MPI sees \(count): start them \
          with the mpirun of the MPI that this program was built with (\
          under Slurm, srun --mpi=pmix)
          """)
      }
      (self.rank, self.count) = (Int(rank), Int(count))
      lifeline = Lifeline(rank: self.rank)
      try lifeline.join(
        hosts: gathered(Data(ProcessInfo.processInfo.hostName.utf8))
          .map { String(decoding: $0, as: UTF8.self) },
        invitation: gathered(lifeline.invitation(count: self.count))[0])
    }

    /// Leaves the other processes, when all have come so far.
    ///
    /// - Throws: ``CommunicationError``.
    public func leave() throws {
      _ = try sums(of: [0])
      lifeline.leave()
      try perform { cmpi_end() }
    }

    /// Ends what is left of the processes, whatever the launcher would do.
    public func abort() -> Never {
      cmpi_abort(1)
      exit(1)
    }

    /// The sums over all ranks, value by value.
    public func sums(of values: [Double]) throws -> [Double] {
      var values = values
      try perform { cmpi_sum_doubles(&values, values.count) }
      return values
    }

    /// What each rank gave, in the order of ranks, on every one of them.
    public func gathered(_ data: Data) throws -> [Data] {
      var sizes = [Double](repeating: 0, count: count)
      sizes[rank] = Double(data.count)
      let counts = try sums(of: sizes).map { Int32($0) }
      // MPI wants an address even of nothing.
      let own = [UInt8](data) + [0]
      var all = [UInt8](repeating: 0, count: counts.reduce(1) { $0 + Int($1) })
      try perform { cmpi_gather(own, &all, counts, Int32(counts.count)) }
      var rest = all[...]
      return counts.map { count in
        defer { rest = rest.dropFirst(Int(count)) }
        return Data(rest.prefix(Int(count)))
      }
    }

    /// Overwrites a tensor with rank 0's.
    public func broadcast(_ tensor: Tensor) throws {
      let local = tensor.detached().moved(to: .cpu).contiguous()
      try perform {
        cmpi_broadcast(local.storage!, local.count * local.scalarType.byteCount)
      }
      tensor.assign(local)
    }

    /// Begins to overwrite a tensor with the sum over all ranks: by MPI on the CPU, by NCCL on a GPU.
    public func startSum(of tensor: Tensor) -> PendingSum {
      precondition(tensor.scalarType == .float32, "\(tensor) are no gradients")
      let sum = PendingSum()
      nonisolated(unsafe) let values = tensor.storage!.assumingMemoryBound(to: Float.self)
      guard case .cuda(let device) = tensor.device else {
        queue.async { [self] in
          let began = ContinuousClock.now
          let code = cmpi_sum_floats(values, tensor.count)
          withExtendedLifetime(tensor) {}
          sum.finish(code == 0 ? .success(.now - began) : .failure(failure(code)))
        }
        return sum
      }
      do {
        let group = try self.group(device: device)
        let started = try group.startSum(of: values, count: tensor.count)
        queue.async { [self] in
          let began = ContinuousClock.now
          sum.finish(
            Result {
              if try group.finish(started) { throw lifeline.loss! }
              withExtendedLifetime(tensor) {}
              return .now - began
            })
        }
      } catch {
        sum.finish(.failure(error))
      }
      return sum
    }

    /// MPI hands the name of NCCL's group round.
    private func group(device: Int) throws -> NCCLGroup {
      try gpus.withLock { group in
        // A failure stays one: the other ranks would not take part in a second attempt.
        if let group { return try group.get() }
        let new = Result {
          let name = try gathered(isLead ? NCCLGroup.newName() : Data())[0]
          return try NCCLGroup(named: name, rank: rank, count: count, device: device)
        }
        group = new
        return try new.get()
      }
    }

    private func perform(_ call: () -> Int32) throws {
      let code = queue.sync(execute: call)
      guard code == 0 else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> CommunicationError {
      code == Int32(CMPIAbandoned) ? lifeline.loss! : Self.error(code)
    }

    private static func error(_ code: Int32) -> CommunicationError {
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
        cmpi_describe(code, text.baseAddress!, text.count)
        return .failed(String(cString: text.baseAddress!))
      }
    }
  }
#endif
