import Foundation

/// The learning rate as a pure function of the iteration, so that a resumed run cannot get it wrong.
public struct LearningRateSchedule: Hashable, Sendable, Codable {
  /// How the rate falls after the warm-up.
  public enum Decay: Hashable, Sendable, Codable {
    /// Multiplied by `factor` at each of these shares of the run. The paper: 0.1 at iterations 80,000
    /// and 100,000 of 120,000.
    case steps(at: [Double], factor: Double)
    /// Half a cosine, from the full rate to zero (Loshchilov and Hutter, 2017).
    case cosine
  }

  /// The rate after the warm-up.
  public var initial: Double
  /// The length of the run in iterations.
  public var iterations: Int
  /// The rate rises linearly from zero over so many iterations.
  public var warmUpIterations: Int
  /// How the rate falls.
  public var decay: Decay

  /// A schedule; by default the paper's decay.
  public init(
    initial: Double = 1e-3, iterations: Int, warmUpIterations: Int = 0, decay: Decay = .paper
  ) {
    self.initial = initial
    self.iterations = iterations
    self.warmUpIterations = warmUpIterations
    self.decay = decay
  }

  /// The learning rate of an iteration, counted from 0.
  public func learningRate(at iteration: Int) -> Double {
    if iteration < warmUpIterations {
      return initial * Double(iteration + 1) / Double(warmUpIterations)
    }
    switch decay {
    case .steps(let shares, let factor):
      let passed = shares.count { Double(iteration) >= ($0 * Double(iterations)).rounded() }
      return initial * pow(factor, Double(passed))
    case .cosine:
      let remaining = max(iterations - warmUpIterations, 1)
      let progress = min(Double(iteration - warmUpIterations) / Double(remaining), 1)
      return initial * (1 + cos(.pi * progress)) / 2
    }
  }
}

extension LearningRateSchedule.Decay {
  /// A tenth after two thirds of the run and again after five sixths.
  public static let paper = Self.steps(at: [80.0 / 120, 100.0 / 120], factor: 0.1)
}

extension LearningRateSchedule {
  /// Reads a schedule; only the number of iterations must be there, the rest is the paper's.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(iterations: try values.decode(Int.self, forKey: .iterations))
    initial = try values.decodeIfPresent(Double.self, forKey: .initial) ?? initial
    warmUpIterations =
      try values.decodeIfPresent(Int.self, forKey: .warmUpIterations) ?? warmUpIterations
    decay = try values.decodeIfPresent(Decay.self, forKey: .decay) ?? decay
  }
}
