import Images
import MultiBox

extension AugmentationParameters {
  /// Draws what happens to a picture: a pure function of its size, its boxes and the generator.
  ///
  /// - Parameters:
  ///   - configuration: What may happen, and how often.
  ///   - width: The picture's width in pixels.
  ///   - height: Its height in pixels.
  ///   - boxes: In pixels of the picture, the first column and row being 0.
  ///   - generator: Is advanced by a number of draws that depends on the outcome.
  public static func drawn(
    _ configuration: AugmentationConfiguration, width: Int, height: Int, boxes: [BoundingBox],
    using generator: inout SeededGenerator
  ) -> AugmentationParameters {
    var result = AugmentationParameters(width: width, height: height)
    result.distortions = configuration.drawnDistortions(using: &generator)
    if generator.happens(withProbability: configuration.zoomOutProbability) {
      result.zoomOut = generator.uniform(in: 1...max(1, configuration.maximumZoomOut))
      result.window = result.window.laidOnCanvas(scale: result.zoomOut, using: &generator)
    }
    if configuration.crops {
      configuration.drawCrop(of: &result, boxes: boxes, using: &generator)
    }
    result.isMirrored = generator.happens(withProbability: configuration.mirrorProbability)
    result.isFlippedVertically = generator.happens(
      withProbability: configuration.verticalFlipProbability)
    return result
  }
}

extension PixelRegion {
  /// A canvas larger than the picture, which lies at a random place on it.
  fileprivate func laidOnCanvas(
    scale: Double, using generator: inout SeededGenerator
  ) -> PixelRegion {
    let canvasWidth = Int(scale * Double(width))
    let canvasHeight = Int(scale * Double(height))
    let left = generator.integer(in: 0...(canvasWidth - width))
    let top = generator.integer(in: 0...(canvasHeight - height))
    return PixelRegion(left: -left, top: -top, width: canvasWidth, height: canvasHeight)
  }
}

extension AugmentationConfiguration {
  fileprivate func drawnDistortions(
    using generator: inout SeededGenerator
  ) -> [PhotometricDistortion] {
    guard distortionProbability > 0 else { return [] }
    var result: [PhotometricDistortion] = []
    for kind in generator.shuffled([0, 1, 2, 3])
    where generator.happens(withProbability: distortionProbability) {
      switch kind {
      case 0: result.append(.brightness(Float(generator.uniform(in: brightness))))
      case 1: result.append(.contrast(Float(generator.uniform(in: contrast))))
      case 2: result.append(.saturation(Float(generator.uniform(in: saturation))))
      default:
        result.append(
          .hue(Float(generator.uniform(in: -maximumHueRotation...maximumHueRotation))))
      }
    }
    return result
  }

  /// Draws overlaps until one of them yields a part of the picture, or the whole picture is drawn.
  fileprivate func drawCrop(
    of parameters: inout AugmentationParameters, boxes: [BoundingBox],
    using generator: inout SeededGenerator
  ) {
    let canvas = parameters.window
    // Without the choice of keeping the whole picture, odd boxes could make this endless.
    let rounds = 100
    for _ in 0..<rounds {
      let choice = generator.integer(
        in: 0...(cropMinimumOverlaps.count - (cropMayKeepWhole ? 0 : 1)))
      guard choice < cropMinimumOverlaps.count else { return }
      let minimumOverlap = cropMinimumOverlaps[choice]
      for _ in 0..<cropAttempts {
        guard let part = drawnPart(of: canvas, using: &generator) else { continue }
        guard boxes.isEmpty || part.holds(boxes, minimumOverlap: Float(minimumOverlap)) else {
          continue
        }
        parameters.window = part
        parameters.cropMinimumOverlap = minimumOverlap
        return
      }
    }
  }

  private func drawnPart(
    of canvas: PixelRegion, using generator: inout SeededGenerator
  ) -> PixelRegion? {
    let scales = min(cropMinimumScale, 1)...1
    let height = Int(generator.uniform(in: scales) * Double(canvas.height))
    let width = Int(generator.uniform(in: scales) * Double(canvas.width))
    guard width > 0, height > 0 else { return nil }
    let ratio = Double(height) / Double(width)
    guard ratio > cropAspectRatios.lowerBound, ratio < cropAspectRatios.upperBound else {
      return nil
    }
    return PixelRegion(
      left: canvas.left + generator.integer(in: 0...(canvas.width - width)),
      top: canvas.top + generator.integer(in: 0...(canvas.height - height)),
      width: width, height: height)
  }
}

extension PixelRegion {
  /// Whether some object overlaps the window enough and some object has its centre inside.
  fileprivate func holds(_ boxes: [BoundingBox], minimumOverlap: Float) -> Bool {
    let window = box
    return boxes.contains { window.iou(with: $0) >= minimumOverlap }
      && boxes.contains {
        $0.centerX > window.xMin && $0.centerX < window.xMax && $0.centerY > window.yMin
          && $0.centerY < window.yMax
      }
  }
}
