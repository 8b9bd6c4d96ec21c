// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func offsets(_ print: (Any...) -> Void) throws {
    let prior = CenterSizeBox(
      centerX: 0.7, centerY: 0.5, width: 0.3889, height: 0.7778)
    let box = CenterSizeBox(
      BoundingBox(xMin: 131, yMin: 100, xMax: 342, yMax: 323)
        .scaled(x: 1 / 364, y: 1 / 348))
    let plain = Offsets(
      of: box, from: prior, variances: Variances(center: 1, size: 1))
    print(plain.centerX, plain.centerY)  // -0.129 0.139
    print(plain.width, plain.height)  // 0.399 -0.194

    for size: Float in [0.05, 0.8] {
      let prior = CenterSizeBox(
        centerX: 0.5, centerY: 0.5, width: size, height: size)
      let missed = CenterSizeBox(
        centerX: 0.52, centerY: 0.5, width: size, height: size)
      let offsets = Offsets(
        of: missed, from: prior, variances: Variances(center: 1, size: 1))
      print(
        size, offsets.centerX, BoundingBox(missed).iou(with: BoundingBox(prior)))
    }

    let offsets = Offsets(of: box, from: prior)
    print(offsets.centerX, offsets.centerY)  // -1.29 1.39
    print(offsets.width, offsets.height)  // 1.996 -0.969

    let decoded = offsets.box(from: prior)
    print(decoded.centerX, decoded.centerY, decoded.width, decoded.height)
    // 0.650 0.608 0.580 0.641

    let zero = Offsets(centerX: 0, centerY: 0, width: 0, height: 0).box(
      from: prior)
    print(zero == prior)  // true
  }
}
