import CTorch

/// Operators that were noted once and are given to a GPU all together: launching them one by one costs
/// more than many of them take.
///
/// A graph reads and writes the memory that it was captured with: what goes in and what comes out are
/// tensors that stay.
///
/// Needs the library that `make cuda` builds; see ``CUDA/hasGraphs``.
public final class CUDAGraph {
  private let functions: CUDAFunctions
  private let pointer: OpaquePointer

  /// Notes the operators of `body`, without running them.
  ///
  /// - Parameters:
  ///   - sharing: a graph whose memory this one may use, as the two are never replayed at the same time.
  ///   - body: must not wait for the GPU, nor bring data from or to it. It has run at least once before,
  ///     so that everything is there that libraries prepare at the first use. It runs on a
  ///     ``CUDAStream`` of its own, like the runs before.
  /// - Precondition: ``CUDA/hasGraphs``.
  public init(sharing: CUDAGraph? = nil, _ body: () -> Void) {
    guard let functions = CUDA.functions else { preconditionFailure("no library for CUDA graphs") }
    self.functions = functions
    let graph: OpaquePointer = functions.made { $0.graph_make($1) }
    pointer = graph
    CUDA.exclusively {
      functions.call { $0.graph_begin(graph, sharing?.pointer) }
      body()
      functions.call { $0.graph_end(graph) }
    }
  }

  deinit {
    let pointer = pointer
    functions.release { $0.graph_release(pointer) }
  }

  /// Gives the operators to the current stream.
  public func replay() { functions.call { $0.graph_replay(pointer) } }
}
