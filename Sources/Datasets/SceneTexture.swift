import Foundation

/// The surface of a synthetic object or distractor.
struct SceneTexture {
  enum Pattern: CaseIterable {
    case plain
    case gradient
    case stripes
    case checks
    case dots
    case marble
  }

  private let pattern: Pattern
  private let colors: (SceneColor, SceneColor)
  private let direction: SIMD2<Float>
  private let period: Float
  private let noise: ValueNoise

  /// A random texture.
  /// - Parameters:
  ///   - patterns: What may be drawn.
  ///   - brightness: The average brightness to keep away from, so that the object stands out.
  init(patterns: [Pattern], awayFrom brightness: Float?, using generator: inout SeededGenerator) {
    pattern = generator.element(of: patterns)
    let hue = Float(generator.unit())
    let isBright = brightness.map { $0 < 0.5 } ?? generator.happens(withProbability: 0.5)
    let value = Float(generator.uniform(in: isBright ? 0.8...1 : 0.35...0.6))
    let saturation = Float(generator.uniform(in: 0.55...0.95))
    let first = SceneColor(hue: hue, saturation: saturation, value: value)
    // The second colour is a relative of the first: texture shall not break the shape up.
    let second = SceneColor(
      hue: (hue + Float(generator.uniform(in: 0.94...1.06))).truncatingRemainder(dividingBy: 1),
      saturation: saturation * Float(generator.uniform(in: 0.5...0.9)),
      value: isBright ? value * 0.72 : value * 1.35)
    colors = (first, second)
    let angle = Float(generator.uniform(in: 0...Double.pi))
    direction = SIMD2(cos(angle), sin(angle))
    period = Float(generator.uniform(in: 0.2...0.45))
    noise = ValueNoise(using: &generator)
  }

  /// The colour at a place of an object of radius 1 around the origin.
  func color(_ x: Float, _ y: Float) -> SceneColor {
    let along = x * direction.x + y * direction.y
    let across = y * direction.x - x * direction.y
    func wave(_ value: Float) -> Float {
      // Steps with soft edges.
      min(max(0.5 + 4 * sin(value / period * .pi), 0), 1)
    }
    let share: Float =
      switch pattern {
      case .plain: 0.15 * noise.layered(3 * x + 50, 3 * y + 50, layers: 2)
      case .gradient: min(max(0.5 + 0.5 * along, 0), 1)
      case .stripes: wave(along)
      case .checks: abs(wave(along) - wave(across))
      case .dots:
        min(max(4 * (sin(along / period * .pi) * sin(across / period * .pi) - 0.35), 0), 1)
      case .marble:
        0.5 + 0.5 * sin(6 * along + 6 * noise.layered(2 * x + 40, 2 * y + 40, layers: 3))
      }
    return colors.0 + (colors.1 - colors.0) * share
  }
}
