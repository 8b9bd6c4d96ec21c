import Testing
import Training

@Suite("A launch of several processes")
struct LaunchTests {
  @Test func isSeenInTheEnvironmentOfEveryLauncher() throws {
    let openMPI = try #require(
      Launch([
        "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3",
        "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
      ]))
    #expect((openMPI.rank, openMPI.count, openMPI.localCount) == (3, 4, 2))
    let mpich = try #require(Launch(["PMI_SIZE": "2", "PMI_RANK": "0"]))
    #expect((mpich.rank, mpich.count, mpich.localCount) == (0, 2, nil))
    let throughPMI2 = try #require(
      Launch(["PMI_SIZE": "2", "PMI_RANK": "1", "SLURM_LOCALID": "1"]))
    #expect(throughPMI2.localRank == 1)
    let slurm = try #require(
      Launch(["SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "7", "SLURM_LOCALID": "3"]))
    #expect((slurm.rank, slurm.count, slurm.localRank) == (7, 8, 3))
  }

  @Test func isNoneWhereOneProcessWasStarted() {
    #expect(Launch([:]) == nil)
    #expect(Launch(["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"]) == nil)
    // A batch script of Slurm, before any srun.
    #expect(Launch(["SLURM_NTASKS": "8", "SLURM_PROCID": "0"]) == nil)
  }

  @Test func sharesOutAMachinesProcessors() throws {
    let four = try #require(
      Launch([
        "OMPI_COMM_WORLD_SIZE": "8", "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
      ]))
    #expect(Launch.processors(active: 16, all: 16, launch: nil) == 16)
    #expect(Launch.processors(active: 16, all: 16, launch: four) == 4)
    // Bound to one core each by mpirun.
    #expect(Launch.processors(active: 1, all: 16, launch: four) == 1)
    #expect(Launch.processors(active: 2, all: 2, launch: four) == 1)
  }
}

@Suite("A plan of buckets")
struct BucketPlanTests {
  @Test func holdsEveryParameterOnceTheLastFirst() {
    let plan = BucketPlan(sizes: [5, 1, 2, 9, 3, 3], full: 6)
    #expect(plan.buckets == [[5, 4], [3], [2, 1, 0]])
    #expect(BucketPlan(sizes: [], full: 6).buckets.isEmpty)
  }
}
