import Foundation

/// How a launcher of parallel programs (`mpirun`, Slurm's `srun`) started this process.
public struct Launch: Hashable, Sendable {
  /// How many processes it started together.
  public let count: Int
  /// This process's number among them, from 0.
  public let rank: Int
  /// How many of them run on this machine; nil where the launcher does not say.
  public let localCount: Int?
  /// This process's number among those: which GPU of the machine is its own.
  public let localRank: Int?
  /// The environment variable that says how many there are.
  public let variable: String

  /// Of this process; nil when nothing says that it is one of several.
  public static let current = Launch(ProcessInfo.processInfo.environment)

  /// The names of variables.
  private struct Names {
    let count: String
    let rank: String
    let localCount: String?
    let localRank: String
  }

  private static let launchers = [
    // Open MPI's mpirun.
    Names(
      count: "OMPI_COMM_WORLD_SIZE", rank: "OMPI_COMM_WORLD_RANK",
      localCount: "OMPI_COMM_WORLD_LOCAL_SIZE", localRank: "OMPI_COMM_WORLD_LOCAL_RANK"),
    // MPICH's and Intel's mpiexec, and srun --mpi=pmi2.
    Names(
      count: "PMI_SIZE", rank: "PMI_RANK", localCount: "MPI_LOCALNRANKS",
      localRank: "MPI_LOCALRANKID"),
    // srun. SLURM_NTASKS would not do: a batch script has it too, where it starts a single process.
    Names(
      count: "SLURM_STEP_NUM_TASKS", rank: "SLURM_PROCID", localCount: nil,
      localRank: "SLURM_LOCALID"),
  ]

  /// - Returns: nil when nothing says that the process is one of several.
  public init?(_ environment: [String: String]) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    for names in Self.launchers {
      guard let count = number(names.count), count > 1, let rank = number(names.rank),
        (0..<count).contains(rank)
      else { continue }
      self.count = count
      self.rank = rank
      localCount = names.localCount.flatMap(number)
      // Slurm says so whichever of the others' names srun --mpi= makes it use.
      localRank = number(names.localRank) ?? number("SLURM_LOCALID")
      variable = names.count
      return
    }
    return nil
  }

  /// How many processors a process may use, so that those on a machine share it.
  ///
  /// - Parameters:
  ///   - active: processors that the launcher lets this process use.
  ///   - all: processors of the machine.
  public static func processors(active: Int, all: Int, launch: Launch?) -> Int {
    max(1, min(active, all / max(launch?.localCount ?? 1, 1)))
  }
}
