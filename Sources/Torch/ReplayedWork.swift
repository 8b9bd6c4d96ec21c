import Foundation

/// Operators of fixed shapes that a GPU is given again and again: a few times one by one, so that
/// libraries choose algorithms and prepare themselves, then all together as a ``CUDAGraph``.
///
/// Like the graph, the operators read and write tensors that stay.
public final class ReplayedWork {
  /// Those before a graph is captured.
  private static let warmUp = 2
  /// Runs after which the next one is a graph's replay.
  public static let runsBeforeReplay = warmUp + 1

  private var runs = 0
  /// That of the runs: libraries keep what they chose and prepared for each thread. Kept, so that no other
  /// thread is taken for it when it is gone.
  private var thread: Thread?
  private var graph: CUDAGraph?

  /// Work that has not run yet.
  public init() {}

  /// Gives the work to the current stream, which is a ``CUDAStream``.
  ///
  /// - Parameters:
  ///   - others: work that is never under way at the same time; the graph uses its memory too.
  ///   - prepare: runs before a graph is captured.
  ///   - operators: the work, the same ones at each call.
  /// - Precondition: ``CUDA/hasGraphs``.
  public func run(
    besides others: some Sequence<ReplayedWork>, prepare: () -> Void = {}, _ operators: () -> Void
  ) {
    if let graph { return graph.replay() }
    if thread !== Thread.current { (thread, runs) = (.current, 0) }
    guard runs >= Self.warmUp else {
      runs += 1
      return operators()
    }
    prepare()
    let graph = CUDAGraph(sharing: others.lazy.compactMap(\.graph).first, operators)
    self.graph = graph
    graph.replay()
  }
}
