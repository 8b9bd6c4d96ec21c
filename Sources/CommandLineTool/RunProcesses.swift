#if Training
  import ArgumentParser
  import Foundation
  import Torch
  import Training
  #if Distributed
    import MessagePassing
  #endif

  /// The processes that a command runs in: those that `mpirun` or `srun` started, or this one alone.
  enum RunProcesses {
    /// Processors for each process.
    static let processors = Launch.processors(
      active: ProcessInfo.processInfo.activeProcessorCount,
      all: ProcessInfo.processInfo.processorCount, launch: .current)

    /// The number of the GPU that is this process's own, where the machine has one for each. Some
    /// launchers show each process no other, and it is number 0 then.
    static let gpu =
      (try? CUDADriver())?.devices.count == 1 ? 0 : Launch.current?.localRank ?? 0

    /// Runs `body` in all of them.
    ///
    /// - Throws: ``CommandError`` where there are several and this program was built for one; what
    ///   `body` throws.
    static func together(_ body: (any Communicator) throws -> Void) throws {
      guard let launch = Launch.current else { return try body(SingleProcess()) }
      #if Distributed
        let communicator = try MPICommunicator(launch)
        do {
          try body(communicator)
        } catch let error as CommunicationError {
          FileHandle.standardError.write(Data("Error: rank \(communicator.rank): \(error)\n".utf8))
          // Not every launcher ends what is left. The last to know is who has something to save.
          if communicator.isLead { communicator.abort() }
          // mpirun drops the last words of a process that ends while it puts an end to others.
          Thread.sleep(forTimeInterval: 0.5)
          throw ExitCode.failure
        } catch let error as TrainingError where error.isOfAllRanks && !communicator.isLead {
          // One says so.
          throw ExitCode.failure
        } catch let exit as ExitCode {
          try communicator.leave()
          throw exit
        }
        try communicator.leave()
      #else
        throw CommandError(
          """
          this is one of \(launch.count) processes (\(launch.variable)), and this ssd was built to train \
          in one: each would train on everything, and write over the others' files. Build one for several \
          with `make distributed`, which is `swift build -c release --product ssd --traits Distributed`
          """)
      #endif
    }
  }
#endif
