/// The classes of synthetic objects.
public enum SyntheticShape: String, CaseIterable, Hashable, Sendable, Codable {
  case circle
  case square
  case triangle
  case star
  case cross
  case ring
  case heart
  case crescent

  /// How far a point lies outside of the shape's outline (negative: inside), where the shape lies
  /// around the origin in a circle of radius 1 and y points down.
  ///
  /// The formulas for triangle, star and heart follow Inigo Quilez's "2D distance functions".
  func distance(_ x: Float, _ y: Float) -> Float {
    let length = (x * x + y * y).squareRoot()
    switch self {
    case .circle: return length - 1
    case .square: return Self.rectangle(x, y, 0.8, 0.8)
    case .triangle: return Self.triangle(x, -y)
    case .star: return Self.star(x, -y)
    case .cross: return min(Self.rectangle(x, y, 0.95, 0.34), Self.rectangle(x, y, 0.34, 0.95))
    case .ring: return abs(length - 0.74) - 0.26
    case .heart: return Self.heart(x * 0.6, 0.55 - y * 0.6) / 0.6
    case .crescent:
      let (dx, dy) = (x - 0.5, y)
      return max(length - 1, 0.85 - (dx * dx + dy * dy).squareRoot())
    }
  }

  private static func rectangle(
    _ x: Float, _ y: Float, _ halfWidth: Float, _ halfHeight: Float
  ) -> Float {
    let (dx, dy) = (abs(x) - halfWidth, abs(y) - halfHeight)
    let (ox, oy) = (max(dx, 0), max(dy, 0))
    return (ox * ox + oy * oy).squareRoot() + min(max(dx, dy), 0)
  }

  private static func triangle(_ px: Float, _ py: Float) -> Float {
    let root3: Float = 1.732_050_8
    let halfSide: Float = root3 / 2
    var (x, y) = (abs(px) - halfSide, py + halfSide / root3)
    if x + root3 * y > 0 { (x, y) = ((x - root3 * y) / 2, (-root3 * x - y) / 2) }
    x -= min(max(x, -2 * halfSide), 0)
    let distance = (x * x + y * y).squareRoot()
    return y > 0 ? -distance : distance
  }

  private static func star(_ px: Float, _ py: Float) -> Float {
    let inner: Float = 0.48
    let (kx, ky): (Float, Float) = (0.809_017, -0.587_785_25)
    var (x, y) = (abs(px), py)
    var fold = 2 * max(kx * x + ky * y, 0)
    (x, y) = (x - fold * kx, y - fold * ky)
    fold = 2 * max(-kx * x + ky * y, 0)
    (x, y) = (abs(x + fold * kx), y - fold * ky - 1)
    let (bx, by) = (-inner * ky, inner * kx - 1)
    let share = min(max((x * bx + y * by) / (bx * bx + by * by), 0), 1)
    let (dx, dy) = (x - bx * share, y - by * share)
    let distance = (dx * dx + dy * dy).squareRoot()
    return y * bx - x * by < 0 ? -distance : distance
  }

  private static func heart(_ px: Float, _ y: Float) -> Float {
    let x = abs(px)
    if x + y > 1 {
      let (dx, dy) = (x - 0.25, y - 0.75)
      return (dx * dx + dy * dy).squareRoot() - 0.353_553_4
    }
    let diagonal = 0.5 * max(x + y, 0)
    let (ax, ay) = (x - diagonal, y - diagonal)
    let distance = min(x * x + (y - 1) * (y - 1), ax * ax + ay * ay).squareRoot()
    return x < y ? -distance : distance
  }
}
