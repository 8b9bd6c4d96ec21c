import Foundation

/// A scale between values and positions, with ticks at round numbers.
struct Axis {
  let lowest: Double
  let highest: Double
  let isLogarithmic: Bool
  let ticks: [Double]

  /// An axis from 0 to 1.
  static let unit = Axis(lowest: 0, highest: 1, ticks: [0, 0.25, 0.5, 0.75, 1])

  init(lowest: Double, highest: Double, ticks: [Double], isLogarithmic: Bool = false) {
    self.lowest = lowest
    self.highest = highest
    self.ticks = ticks
    self.isLogarithmic = isLogarithmic
  }

  /// A linear axis that holds all values and starts at a round number.
  init(linear values: [Double], from start: Double? = nil) {
    let values = values.filter(\.isFinite)
    let low = start ?? values.min() ?? 0
    let high = max(values.max() ?? 1, low)
    let span = high > low ? high - low : max(abs(high), 1)
    let step = Self.step(span / 4)
    let first = (low / step + 1e-9).rounded(.down) * step
    let count = max(Int(((low + span - first) / step - 1e-9).rounded(.up)), 1)
    self.init(
      lowest: first, highest: first + Double(count) * step,
      ticks: (0...count).map { first + Double($0) * step })
  }

  /// A logarithmic axis where values span more than a factor of ten, else a linear one from 0.
  init(adaptive values: [Double]) {
    let positive = values.filter { $0.isFinite && $0 > 0 }
    guard let low = positive.min(), let high = positive.max(), high / low > 10,
      !values.contains(where: { $0 <= 0 })
    else {
      self.init(linear: values, from: 0)
      return
    }
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let factors: [Double] = decades.count > 4 ? [1] : [1, 2, 5]
    let round = decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
    let lowest = round.last { $0 <= low * 1.000001 } ?? low
    let highest = round.first { $0 >= high * 0.999999 } ?? high
    var ticks = round.filter { $0 >= lowest * 0.999999 && $0 <= highest * 1.000001 }
    // Of many, those that keep the ends.
    if ticks.count > 8 {
      let tens = ticks.filter { abs(log10($0) - log10($0).rounded()) < 1e-6 }
      ticks = tens.count > 1 ? tens : [lowest, highest]
    }
    self.init(lowest: lowest, highest: highest, ticks: ticks, isLogarithmic: true)
  }

  /// Where a value lies between the ends, 0...1.
  func fraction(_ value: Double) -> Double {
    guard highest > lowest else { return 0.5 }
    let fraction =
      isLogarithmic
      ? (log(max(value, lowest)) - log(lowest)) / (log(highest) - log(lowest))
      : (value - lowest) / (highest - lowest)
    return min(max(fraction, 0), 1)
  }

  /// 1, 2 or 5 times a power of ten, not much below `minimum`.
  private static func step(_ minimum: Double) -> Double {
    let power = pow(10, log10(minimum).rounded(.down))
    return ([1, 2, 5, 10].first { $0 * power >= minimum * 0.999 } ?? 10) * power
  }
}
