import CTorch

/// A queue of a GPU's: what is given to one stream runs in order, beside what is given to others.
///
/// Needs the library that `make cuda` builds; see ``CUDA/hasGraphs``.
public final class CUDAStream {
  private let functions: CUDAFunctions
  private let pointer: OpaquePointer

  /// A stream of libtorch's pool.
  ///
  /// - Precondition: ``CUDA/hasGraphs``.
  public init(on device: Device) {
    guard let functions = CUDA.functions else { preconditionFailure("no library for CUDA streams") }
    self.functions = functions
    pointer = functions.made { $0.stream_make(device.cIndex, $1) }
  }

  deinit {
    let pointer = pointer
    functions.release { $0.stream_release(pointer) }
  }

  /// Runs `body` with its operators going to this stream.
  ///
  /// The current stream belongs to the thread, which is why the closure is synchronous.
  public func run<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let former = enter(pointer)
    defer {
      let stream = enter(former)
      functions.release {
        $0.stream_release(stream)
        $0.stream_release(former)
      }
    }
    return try body()
  }

  private func enter(_ stream: OpaquePointer) -> OpaquePointer {
    functions.made { $0.stream_enter(stream, $1) }
  }
}

/// A point in the work of a stream.
public final class CUDAEvent {
  private let functions: CUDAFunctions
  private let pointer: OpaquePointer
  private let device: Int8

  /// An event of one device's streams.
  ///
  /// - Precondition: ``CUDA/hasGraphs``.
  public init(on device: Device) {
    guard let functions = CUDA.functions else { preconditionFailure("no library for CUDA events") }
    self.functions = functions
    self.device = device.cIndex
    pointer = functions.made { $0.event_make(device.cIndex, $1) }
  }

  deinit {
    let pointer = pointer
    functions.release { $0.event_release(pointer) }
  }

  /// The event comes about when everything is done that the current stream has been given.
  public func record() { functions.call { $0.event_record(pointer, device) } }

  /// What is given to the current stream from now on waits for the event, on the GPU.
  public func holdBack() { functions.call { $0.event_wait(pointer, device) } }
}
