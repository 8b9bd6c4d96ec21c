// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func jaccardOverlap(_ print: (Any...) -> Void) throws {
    let first = BoundingBox(xMin: 0.1, yMin: 0.2, xMax: 0.5, yMax: 0.6)
    let second = BoundingBox(xMin: 0.2, yMin: 0.3, xMax: 0.6, yMax: 0.7)

    print(first.area, second.area)  // 0.16 0.16
    print(first.intersection(second))  // 0.09
    print(first.iou(with: second))  // 0.3913

    for shift: Float in [0, 0.1, 0.2, 1.0 / 3, 0.5, 1] {
      let still = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
      let moved = BoundingBox(xMin: shift, yMin: 0, xMax: 1 + shift, yMax: 1)
      print(shift, still.iou(with: moved))
    }

    let small = BoundingBox(xMin: 0.25, yMin: 0.25, xMax: 0.75, yMax: 0.75)
    let large = BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
    print(small.iou(with: large))  // 0.25
  }
}
