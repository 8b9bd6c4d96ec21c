import Foundation
import Images

/// Red, green and blue, 0...1.
typealias SceneColor = SIMD3<Float>

/// A canvas of exact colours for synthetic scenes.
struct ScenePainter {
  let width: Int
  let height: Int
  private(set) var pixels: [SceneColor]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = Array(repeating: .zero, count: width * height)
  }

  /// Gives every pixel a colour.
  mutating func fill(_ color: (_ x: Float, _ y: Float) -> SceneColor) {
    for y in 0..<height {
      for x in 0..<width { pixels[y * width + x] = color(Float(x) + 0.5, Float(y) + 0.5) }
    }
  }

  /// Changes every pixel.
  mutating func map(_ change: (_ x: Float, _ y: Float, _ color: SceneColor) -> SceneColor) {
    for y in 0..<height {
      for x in 0..<width {
        pixels[y * width + x] = change(Float(x) + 0.5, Float(y) + 0.5, pixels[y * width + x])
      }
    }
  }

  /// Lays a colour over the pixels around a place, each as opaque as `cover` says.
  mutating func paint(
    centerX: Float, centerY: Float, radius: Float,
    _ cover: (_ x: Float, _ y: Float) -> (color: SceneColor, opacity: Float)
  ) {
    // What lies outside the picture leaves an empty range.
    func covered(_ center: Float, _ length: Int) -> Range<Int> {
      let first = max(0, Int(center - radius))
      return first..<max(first, min(length, Int(center + radius) + 2))
    }
    let columns = covered(centerX, width)
    let rows = covered(centerY, height)
    for y in rows {
      for x in columns {
        let (color, opacity) = cover(Float(x) + 0.5, Float(y) + 0.5)
        guard opacity > 0 else { continue }
        let index = y * width + x
        pixels[index] += (color - pixels[index]) * min(opacity, 1)
      }
    }
  }

  /// A line with round ends.
  mutating func line(
    from start: SIMD2<Float>, to end: SIMD2<Float>, thickness: Float, color: SceneColor,
    opacity: Float
  ) {
    let middle = (start + end) / 2
    let along = end - start
    let square = max((along * along).sum(), 1e-6)
    paint(
      centerX: middle.x, centerY: middle.y, radius: square.squareRoot() / 2 + thickness
    ) { x, y in
      let offset = SIMD2(x, y) - start
      let share = min(max((offset * along).sum() / square, 0), 1)
      let rest = offset - along * share
      let distance = (rest * rest).sum().squareRoot() - thickness / 2
      return (color, opacity * min(max(0.5 - distance, 0), 1))
    }
  }

  /// The picture in bytes.
  var image: Image {
    Image(
      width: width, height: height,
      pixels: pixels.flatMap { color in
        let bytes = color.clamped(lowerBound: .zero, upperBound: .one) * 255 + 0.5
        return [UInt8(bytes.x), UInt8(bytes.y), UInt8(bytes.z)]
      })
  }
}

extension SceneColor {
  /// The colour of a hue (in turns), a saturation and a value.
  init(hue: Float, saturation: Float, value: Float) {
    func channel(_ offset: Float) -> Float {
      let k = (offset + hue * 6).truncatingRemainder(dividingBy: 6)
      return value - value * saturation * Swift.max(0, Swift.min(k, 4 - k, 1))
    }
    self.init(channel(5), channel(3), channel(1))
  }
}

/// Smooth noise: random values at the points of a grid, blended between them.
struct ValueNoise {
  private let seed: UInt32

  init(using generator: inout SeededGenerator) {
    seed = UInt32(truncatingIfNeeded: generator.next())
  }

  /// Noise of one grid with distance 1, 0...1.
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let (column, row) = (x.rounded(.down), y.rounded(.down))
    let (i, j) = (Int32(column), Int32(row))
    func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }
    let (u, v) = (smooth(x - column), smooth(y - row))
    let upper = value(i, j) * (1 - u) + value(i + 1, j) * u
    let lower = value(i, j + 1) * (1 - u) + value(i + 1, j + 1) * u
    return upper * (1 - v) + lower * v
  }

  /// Noise of several grids, each twice as fine and half as strong as the one before, 0...1.
  func layered(_ x: Float, _ y: Float, layers: Int) -> Float {
    var (sum, weight, scale, total): (Float, Float, Float, Float) = (0, 1, 1, 0)
    for layer in 0..<layers {
      sum += weight * self(x * scale + Float(layer) * 19.7, y * scale + Float(layer) * 7.3)
      total += weight
      weight /= 2
      scale *= 2
    }
    return sum / total
  }

  private func value(_ x: Int32, _ y: Int32) -> Float {
    var hash =
      UInt32(bitPattern: x) &* 0x85EB_CA6B ^ UInt32(bitPattern: y) &* 0xC2B2_AE35 ^ seed
    hash ^= hash >> 16
    hash = hash &* 0x7FEB_352D
    hash ^= hash >> 15
    hash = hash &* 0x846C_A68B
    hash ^= hash >> 16
    return Float(hash >> 8) * 0x1p-24
  }
}
