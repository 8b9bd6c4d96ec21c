// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Datasets
import Images
import MultiBox

extension Chapter {
  static func augmentation(_ print: (Any...) -> Void) throws {
    let object = BoundingBox(xMin: 200, yMin: 150, xMax: 300, yMax: 250)
    for picture in 0..<4 {
      var generator = SeededGenerator(seed: 7, stream: UInt64(picture))
      let drawn = AugmentationParameters.drawn(
        .standard, width: 500, height: 400, boxes: [object], using: &generator)
      print(drawn)
    }

    var (zoomed, cropped, mirrored) = (0, 0, 0)
    for picture in 0..<10_000 {
      var generator = SeededGenerator(seed: 0, stream: UInt64(picture))
      let drawn = AugmentationParameters.drawn(
        .standard, width: 500, height: 400, boxes: [object], using: &generator)
      if drawn.zoomOut > 1 { zoomed += 1 }
      if drawn.cropMinimumOverlap != nil { cropped += 1 }
      if drawn.isMirrored { mirrored += 1 }
    }
    print(
      Double(zoomed) / 10_000, Double(cropped) / 10_000,
      Double(mirrored) / 10_000)

    var half = AugmentationParameters(width: 400, height: 300)
    half.window = PixelRegion(left: 200, top: 0, width: 200, height: 300)
    half.cropMinimumOverlap = 0
    half.isMirrored = true
    let box = BoundingBox(xMin: 250, yMin: 60, xMax: 350, yMax: 240)
    if let moved = half.transformed(box, convention: .edges) {
      print(moved.xMin, moved.yMin, moved.xMax, moved.yMax)
      // 0.25 0.2 0.75 0.8
    }
    let lost = BoundingBox(xMin: 50, yMin: 60, xMax: 220, yMax: 240)
    print(half.transformed(lost, convention: .edges) == nil)  // true
  }
}
