import Foundation

extension ScenePainter {
  /// A soft gradient between muted colours with a hint of texture.
  mutating func paintSmoothBackground(brightness: Float, using generator: inout SeededGenerator) {
    let corners = (0..<4).map { _ in
      SceneColor(
        hue: Float(generator.unit()), saturation: Float(generator.uniform(in: 0.05...0.3)),
        value: brightness + Float(generator.uniform(in: -0.12...0.12)))
    }
    let noise = ValueNoise(using: &generator)
    let grain = 12 / Float(max(width, height))
    let (width, height) = (Float(width), Float(height))
    fill { x, y in
      let (u, v) = (x / width, y / height)
      let upper = corners[0] + (corners[1] - corners[0]) * u
      let lower = corners[2] + (corners[3] - corners[2]) * u
      let shade = 0.06 * (noise.layered(x * grain, y * grain, layers: 2) - 0.5)
      return upper + (lower - upper) * v + shade
    }
  }

  /// Noise, patches, lines and blobs that are no objects.
  mutating func paintClutteredBackground(
    brightness: Float, using generator: inout SeededGenerator
  ) {
    paintSmoothBackground(brightness: brightness, using: &generator)
    let side = Float(max(width, height))
    let noise = ValueNoise(using: &generator)
    let tint = ValueNoise(using: &generator)
    let scale = Float(generator.uniform(in: 5...14)) / side
    let strength = Float(generator.uniform(in: 0.2...0.5))
    let tinted = SceneColor(
      hue: Float(generator.unit()), saturation: 0.35, value: 1 - brightness / 2)
    map { x, y, color in
      let shade = strength * (noise.layered(x * scale, y * scale, layers: 4) - 0.5)
      let share = 0.5 * max(0, tint(x * scale * 0.7, y * scale * 0.7) - 0.4)
      return color + (tinted - color) * share + shade
    }
    for _ in 0..<generator.integer(in: 4...12) { paintBlob(using: &generator) }
    for _ in 0..<generator.integer(in: 6...18) {
      func place() -> SIMD2<Float> {
        SIMD2(
          Float(generator.uniform(in: -0.1...1.1)) * Float(width),
          Float(generator.uniform(in: -0.1...1.1)) * Float(height))
      }
      let start = place()
      let end = generator.happens(withProbability: 0.5) ? place() : (start * 3 + place()) / 4
      line(
        from: start, to: end, thickness: Float(generator.uniform(in: 0.8...5)),
        color: SceneColor(
          hue: Float(generator.unit()), saturation: Float(generator.uniform(in: 0...0.6)),
          value: Float(generator.unit())), opacity: Float(generator.uniform(in: 0.4...0.9)))
    }
  }

  /// A wobbly patch with the textures that objects have, so that colour alone tells nothing.
  private mutating func paintBlob(using generator: inout SeededGenerator) {
    let radius = Float(generator.uniform(in: 0.03...0.16)) * Float(max(width, height))
    let center = SIMD2(
      Float(generator.unit()) * Float(width), Float(generator.unit()) * Float(height))
    let texture = SceneTexture(
      patterns: SceneTexture.Pattern.allCases, awayFrom: nil, using: &generator)
    let waves = (2...5).map { number in
      (
        Float(number), Float(generator.uniform(in: 0...0.22)),
        Float(generator.uniform(in: 0...(2 * Double.pi)))
      )
    }
    let opacity = Float(generator.uniform(in: 0.35...0.85))
    paint(centerX: center.x, centerY: center.y, radius: 1.6 * radius) { x, y in
      let (u, v) = ((x - center.x) / radius, (y - center.y) / radius)
      let angle = atan2(v, u)
      let edge = waves.reduce(Float(0.8)) { $0 + $1.1 * sin($1.0 * angle + $1.2) }
      let distance = ((u * u + v * v).squareRoot() - edge) * radius
      return (texture.color(u, v), opacity * min(max(0.5 - distance / 2, 0), 1))
    }
  }
}
