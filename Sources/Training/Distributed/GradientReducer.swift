import Torch

/// Adds up gradients over all ranks, the last layers' while a backward pass still computes those of the
/// first.
///
/// Ranks divide their losses by the positives of all ranks, so that the sum of their gradients is that
/// of the whole batch. All ranks have the same network, and so the same buckets in the same order.
final class GradientReducer {
  /// Small enough that the first leaves soon, large enough that latency does not count.
  static let bucketBytes = 8 << 20

  private let communicator: any Communicator
  private let buckets: [Bucket]
  /// Whether gradients of the present backward pass are final.
  private var isArmed = false
  /// Buckets before it are on their way.
  private var next = 0

  /// - Parameter parameters: in the order of the forward pass; every backward pass reaches all of them.
  init(_ parameters: [Tensor], communicator: any Communicator, bucketBytes: Int = bucketBytes) {
    self.communicator = communicator
    let plan = BucketPlan(
      sizes: parameters.map { $0.count * $0.scalarType.byteCount }, full: bucketBytes)
    buckets = plan.buckets.map { places in Bucket(places.map { parameters[$0] }) }
    for bucket in buckets {
      for parameter in bucket.parameters {
        parameter.onGradient { [unowned self] in note(bucket) }
      }
    }
  }

  deinit {
    for parameter in buckets.flatMap(\.parameters) { parameter.onGradient(nil) }
  }

  /// Announces the last backward pass of a step: its gradients may leave as soon as they are there.
  func arm() { isArmed = true }

  /// Waits for all sums and puts them in place of the gradients.
  ///
  /// - Returns: how long messages were on their way, whether or not somebody waited for them.
  /// - Throws: ``CommunicationError``; gradients are then of no use.
  func finish() throws -> Duration {
    precondition(next == buckets.count, "a parameter got no gradient")
    defer {
      isArmed = false
      next = 0
      for bucket in buckets { bucket.reset() }
    }
    return try buckets.reduce(.zero) { try $0 + $1.finish() }
  }

  private func note(_ bucket: Bucket) {
    guard isArmed else { return }
    bucket.missing -= 1
    // The order of messages has to be that of all ranks, whichever gradient comes first.
    while next < buckets.count, buckets[next].missing == 0 {
      buckets[next].start(communicator)
      next += 1
    }
  }
}

/// Gradients that travel together.
private final class Bucket {
  let parameters: [Tensor]
  /// Gradients that the present backward pass has not finished.
  var missing: Int
  private let flat: Tensor
  /// The parts of `flat`, in the shapes of the parameters.
  private let parts: [Tensor]
  private var sum: PendingSum?

  init(_ parameters: [Tensor]) {
    self.parameters = parameters
    missing = parameters.count
    flat = Tensor.zeros([parameters.reduce(0) { $0 + $1.count }], device: parameters[0].device)
    var end = 0
    var parts: [Tensor] = []
    for parameter in parameters {
      let (shape, part) = (parameter.shape, flat.sliced(end..<end + parameter.count))
      // Copies are fastest in the gradient's own order. On a GPU kernels lie channels last.
      let isChannelsLast = parameter.device != .cpu && shape.count == 4
      parts.append(
        isChannelsLast
          ? part.reshaped([shape[0], shape[2], shape[3], shape[1]]).permuted([0, 3, 1, 2])
          : part.reshaped(shape))
      end += parameter.count
    }
    self.parts = parts
  }

  func start(_ communicator: any Communicator) {
    Tensor.assign(gradients, to: parts)
    sum = communicator.startSum(of: flat)
  }

  func finish() throws -> Duration {
    let duration = try sum!.wait()
    Tensor.assign(parts, to: gradients)
    return duration
  }

  func reset() {
    missing = parameters.count
    sum = nil
  }

  private var gradients: [Tensor] { parameters.map { $0.gradient! } }
}
