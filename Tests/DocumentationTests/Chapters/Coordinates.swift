// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func coordinates(_ print: (Any...) -> Void) throws {
    let pixels = BoundingBox(xMin: 131, yMin: 100, xMax: 342, yMax: 323)
    print(pixels.width, pixels.height)  // 211.0 223.0

    let box = pixels.scaled(x: 1 / 364, y: 1 / 348)
    print(box.xMin, box.yMin, box.xMax, box.yMax)  // 0.360 0.287 0.940 0.928

    let centered = CenterSizeBox(box)
    print(centered.centerX, centered.centerY)  // 0.650 0.608
    print(centered.width, centered.height)  // 0.580 0.641

    let again = BoundingBox(centered)
    print(again.xMin, again.yMin, again.xMax, again.yMax)
    // 0.360 0.287 0.940 0.928
  }
}
