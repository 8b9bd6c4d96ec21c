import CTorch

extension Tensor {
  /// Whether operators on this tensor are recorded for ``backward()``.
  public var requiresGradient: Bool { ctorch_tensor_requires_gradient(pointer) }

  /// Starts or stops recording operators on this tensor.
  ///
  /// - Precondition: it is no result of recorded operators, and floating-point.
  public func setRequiresGradient(_ required: Bool) {
    checked { () throws(TorchError) in
      try check(ctorch_tensor_set_requires_gradient(pointer, required))
    }
  }

  /// The gradient accumulated by ``backward()``, if any.
  public var gradient: Tensor? { ctorch_tensor_gradient(pointer).map(Tensor.init(owning:)) }

  /// Forgets the accumulated gradient.
  public func clearGradient() { ctorch_tensor_clear_gradient(pointer) }

  /// Adds the derivative of this scalar to the gradient of every tensor it was computed from.
  public func backward() {
    checked { () throws(TorchError) in try check(ctorch_tensor_backward(pointer)) }
  }
}

extension Tensor {
  /// Calls `body` in every ``backward()`` as soon as this parameter's gradient is complete, while those
  /// of earlier layers are still being computed. It replaces an earlier one; nil ends it.
  ///
  /// `body` runs on the thread that computes the gradient: on the CPU, the one that called
  /// ``backward()``.
  ///
  /// - Precondition: the tensor is a parameter.
  public func onGradient(_ body: (() -> Void)?) {
    guard let body else { return ctorch_tensor_forget_notification(pointer) }
    let context = Unmanaged.passRetained(Notification(body)).toOpaque()
    checked { () throws(TorchError) in
      try check(
        ctorch_tensor_notify_of_gradient(
          pointer, { Unmanaged<Notification>.fromOpaque($0!).takeUnretainedValue().body() },
          { Unmanaged<Notification>.fromOpaque($0!).release() }, context))
    }
  }

  private final class Notification {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
}

/// Runs `body` without recording operators for differentiation.
///
/// The mode belongs to the thread, which is why the closure is synchronous.
public func withoutGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let former = ctorch_set_gradient_mode(false)
  defer { _ = ctorch_set_gradient_mode(former) }
  return try body()
}

/// Runs `body` with convolutions in `type`, everything sensitive staying in float32; nil changes
/// nothing.
///
/// The mode belongs to the thread, which is why the closure is synchronous.
public func withAutocast<Result, Failure: Error>(
  _ type: ScalarType?, on device: Device = .cpu, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  guard let type else { return try body() }
  let former = ctorch_set_autocast(
    device.cType, CTorchAutocast(enabled: true, type: type.cValue))
  defer {
    _ = ctorch_set_autocast(device.cType, former)
    ctorch_clear_autocast_cache()
  }
  return try body()
}
