private let foreachSubtract = Operator("aten::_foreach_sub", overload: "List")
private let foreachScale = Operator("aten::_foreach_mul_", overload: "Tensor")
private let foreachAdd = Operator("aten::_foreach_add_", overload: "List")
private let foreachLerp = Operator("aten::_foreach_lerp_", overload: "Scalar")

/// Slow copies of parameters, which often generalise better than the parameters themselves
/// (Polyak and Juditsky, 1992).
public final class ExponentialMovingAverage {
  /// The averages by name.
  public let averages: [(name: String, tensor: Tensor)]
  /// The tensors that are averaged, in the same order.
  public let sources: [Tensor]
  /// How much of the average remains at every update, once warmed up.
  public let decay: Double

  /// Starts with copies of the present values.
  public init(of tensors: [(name: String, tensor: Tensor)], decay: Double) {
    averages = tensors.map { ($0.name, $0.tensor.detached().cloned()) }
    sources = tensors.map(\.tensor)
    self.decay = decay
  }

  /// Moves the averages towards the present values.
  ///
  /// - Parameter step: the number of updates before this one; the first ones weigh more, so that the
  ///   start is soon forgotten: the decay is `(1 + step) / (10 + step)` until that exceeds ``decay``.
  public func update(step: Int) {
    withoutGradients {
      foreachLerp.run(
        .tensors(averages.map(\.tensor)), .tensors(sources), .real(weight(ofStep: step)))
    }
  }

  /// How far the averages move towards the present values: 0 not at all, 1 all the way.
  public func weight(ofStep step: Int) -> Double {
    1 - min(decay, Double(1 + step) / Double(10 + step))
  }

  /// As ``update(step:)``, with a ``weight(ofStep:)`` that lies on the averages' device.
  ///
  /// - Parameter weight: a scalar; with 0 nothing changes.
  public func update(weight: Tensor) {
    withoutGradients {
      let averages = averages.map(\.tensor)
      let differences = checked { () throws(TorchError) in
        try foreachSubtract.call(
          [.tensors(sources), .tensors(averages)], returningAtMost: averages.count)
      }
      foreachScale.run(.tensors(differences), .tensor(weight))
      foreachAdd.run(.tensors(averages), .tensors(differences))
    }
  }

  /// Exchanges the averages' values with the present ones; twice changes nothing.
  public func swap() {
    for (average, source) in zip(averages, sources) {
      let present = source.detached().cloned()
      source.assign(average.tensor)
      average.tensor.assign(present)
    }
  }
}
