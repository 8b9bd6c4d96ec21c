import Foundation
import Images
import MultiBox

extension SyntheticShapes {
  /// The scene of a number: the picture and its objects, whose boxes enclose exactly the pixels
  /// that they show (``PixelConvention/fromOne``).
  public func scene(at index: Int) -> (image: Image, objects: [AnnotatedObject]) {
    var generator = SeededGenerator(
      seed: seed, stream: SampleStream.synthesis, UInt64(index))
    let width = generator.integer(in: widths)
    let height = generator.integer(in: heights)
    var painter = ScenePainter(width: width, height: height)
    let brightness = Float(
      generator.happens(withProbability: 0.5)
        ? generator.uniform(in: 0.15...0.35) : generator.uniform(in: 0.65...0.85))
    switch background {
    case .smooth: painter.paintSmoothBackground(brightness: brightness, using: &generator)
    case .cluttered: painter.paintClutteredBackground(brightness: brightness, using: &generator)
    }

    var placement = ScenePlacement(width: width, height: height)
    for _ in 0..<generator.integer(in: objectCounts) {
      for _ in 0..<40 {
        let object = drawnObject(width: width, height: height, using: &generator)
        if placement.place(object, minimumVisibleShare: minimumVisibleShare) { break }
      }
    }
    for object in placement.objects {
      object.paint(
        on: &painter,
        texture: SceneTexture(
          patterns: SceneTexture.Pattern.allCases,
          awayFrom: background == .smooth ? brightness : nil, using: &generator))
    }
    addNoise(to: &painter, using: &generator)
    return (painter.image, placement.annotatedObjects)
  }

  private func drawnObject(
    width: Int, height: Int, using generator: inout SeededGenerator
  ) -> SceneObject {
    // Even on a logarithmic scale, so that small objects are not drowned by large ones.
    let size = exp(generator.uniform(in: log(sizes.lowerBound)...log(sizes.upperBound)))
    let radius = Float(size) * Float(min(width, height)) / 2
    let angle = generator.uniform(in: -maximumRotation...maximumRotation) * .pi / 180
    func place(_ length: Int) -> Float {
      let margin = Double(min(radius + 1, Float(length) / 2))
      return Float(generator.uniform(in: margin...(Double(length) - margin)))
    }
    return SceneObject(
      shape: generator.element(of: shapes), centerX: place(width), centerY: place(height),
      radius: radius, angle: Float(angle))
  }

  private func addNoise(to painter: inout ScenePainter, using generator: inout SeededGenerator) {
    guard pixelNoise > 0 else { return }
    let strength = Float(pixelNoise / 255)
    painter.map { _, _, color in
      // The sum of four bytes is close to a normal distribution: variance 4 * (256^2 - 1) / 12.
      let bits = generator.next()
      var noise = SceneColor.zero
      for channel in 0..<3 {
        let word = bits >> UInt64(20 * channel)
        let sum = (word & 31) + ((word >> 5) & 31) + ((word >> 10) & 31) + ((word >> 15) & 31)
        noise[channel] = (Float(sum) - 62) / 18.46
      }
      return color + noise * strength
    }
  }
}

/// One shape at its place.
private struct SceneObject {
  var shape: SyntheticShape
  var centerX: Float
  var centerY: Float
  var radius: Float
  var angle: Float

  /// A point of the picture in the shape's own coordinates.
  private func local(_ x: Float, _ y: Float) -> (Float, Float) {
    let (dx, dy) = ((x - centerX) / radius, (y - centerY) / radius)
    let (cosine, sine) = (cos(angle), sin(angle))
    return (dx * cosine + dy * sine, dy * cosine - dx * sine)
  }

  /// How far a point of the picture lies outside of the outline, in pixels.
  func distance(_ x: Float, _ y: Float) -> Float {
    let (u, v) = local(x, y)
    return shape.distance(u, v) * radius
  }

  func paint(on painter: inout ScenePainter, texture: SceneTexture) {
    // A soft shadow to the lower right sets the object off.
    let shadow = max(1, radius * 0.08)
    painter.paint(centerX: centerX, centerY: centerY, radius: radius + 3 * shadow) { x, y in
      let distance = distance(x - shadow, y - shadow)
      let opacity = 0.3 * min(max(0.5 - distance / (2 * shadow), 0), 1)
      return (.zero, opacity)
    }
    let rim = max(1, radius * 0.06)
    painter.paint(centerX: centerX, centerY: centerY, radius: radius + 1) { x, y in
      let (u, v) = local(x, y)
      let distance = shape.distance(u, v) * radius
      guard distance < 0.5 else { return (.zero, 0) }
      // Light comes from the upper left; the rim is darker.
      let light = 1 - 0.12 * ((x - centerX) + (y - centerY)) / radius
      let edge = 1 - 0.35 * min(max(1 + distance / rim, 0), 1)
      return (texture.color(u, v) * light * edge, min(max(0.5 - distance, 0), 1))
    }
  }
}

/// Who is seen at which pixel.
private struct ScenePlacement {
  let width: Int
  let height: Int
  private(set) var objects: [SceneObject] = []
  /// The place of the topmost object, or -1, for every pixel.
  private var owner: [Int16]
  private var areas: [Int] = []
  private var visible: [Int] = []

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    owner = Array(repeating: -1, count: width * height)
  }

  /// Puts an object on top of the others unless too much of one of them would be hidden.
  mutating func place(_ object: SceneObject, minimumVisibleShare: Double) -> Bool {
    var pixels: [Int] = []
    let columns =
      max(
        0, Int(object.centerX - object.radius))..<min(
        width, Int(object.centerX + object.radius) + 1)
    let rows =
      max(
        0, Int(object.centerY - object.radius))..<min(
        height, Int(object.centerY + object.radius) + 1)
    for y in rows {
      for x in columns where object.distance(Float(x) + 0.5, Float(y) + 0.5) <= 0 {
        pixels.append(y * width + x)
      }
    }
    guard !pixels.isEmpty else { return false }
    var remaining = visible
    for pixel in pixels where owner[pixel] >= 0 { remaining[Int(owner[pixel])] -= 1 }
    for (left, area) in zip(remaining, areas)
    where Double(left) < minimumVisibleShare * Double(area) {
      return false
    }
    let number = Int16(objects.count)
    for pixel in pixels { owner[pixel] = number }
    objects.append(object)
    areas.append(pixels.count)
    visible = remaining + [pixels.count]
    return true
  }

  /// The objects with the boxes of their visible pixels.
  var annotatedObjects: [AnnotatedObject] {
    var bounds = objects.map { _ in (xMin: Int.max, yMin: Int.max, xMax: 0, yMax: 0) }
    for y in 0..<height {
      for x in 0..<width where owner[y * width + x] >= 0 {
        let index = Int(owner[y * width + x])
        bounds[index].xMin = min(bounds[index].xMin, x + 1)
        bounds[index].xMax = max(bounds[index].xMax, x + 1)
        bounds[index].yMin = min(bounds[index].yMin, y + 1)
        bounds[index].yMax = max(bounds[index].yMax, y + 1)
      }
    }
    return zip(objects, bounds).enumerated().map { index, pair in
      let (object, bounds) = pair
      return AnnotatedObject(
        label: object.shape.rawValue,
        box: BoundingBox(
          xMin: Float(bounds.xMin), yMin: Float(bounds.yMin), xMax: Float(bounds.xMax),
          yMax: Float(bounds.yMax)),
        number: index + 1)
    }
  }
}
