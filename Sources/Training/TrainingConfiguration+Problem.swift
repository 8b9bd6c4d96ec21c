extension TrainingConfiguration {
  /// What cannot be done, or nil.
  public var problem: String? {
    let counts = [
      ("batchSize", batchSize), ("accumulation", accumulation), ("ranks", ranks),
      ("schedule.iterations", schedule.iterations),
    ]
    if let (name, value) = counts.first(where: { $0.1 < 1 }) {
      return "\(name) is \(value), and has to be at least 1"
    }
    if schedule.initial <= 0 { return "the learning rate \(schedule.initial) is not positive" }
    if schedule.warmUpIterations < 0 { return "the warm-up is negative" }
    if case .steps(let shares, let factor) = schedule.decay {
      guard shares.allSatisfy({ (0...1).contains($0) }) else {
        return "the learning rate is to fall at shares of the run outside 0 to 1"
      }
      guard factor > 0 else { return "the learning rate is to fall to \(factor) of itself" }
    }
    if !(0..<1).contains(momentum) { return "the momentum \(momentum) is not within 0 to 1" }
    if weightDecay < 0 { return "the weight decay is negative" }
    if let maximumGradientNorm, maximumGradientNorm <= 0 {
      return "the limit of the gradient's length is \(maximumGradientNorm)"
    }
    if let averageDecay, !(0..<1).contains(averageDecay) {
      return "the decay of the average, \(averageDecay), has to be at least 0 and below 1"
    }
    return nil
  }
}
