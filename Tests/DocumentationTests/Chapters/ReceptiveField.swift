// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox

extension Chapter {
  static func receptiveField(_ print: (Any...) -> Void) throws {
    struct Field {
      var size = 1
      var distance = 1

      mutating func pass(kernel: Int, stride: Int = 1, dilation: Int = 1) {
        size += (kernel - 1) * dilation * distance
        distance *= stride
      }

      /// The field of a 3x3 kernel on this map, in pixels.
      var ofPrediction: Int { size + 2 * distance }
    }

    var field = Field()
    for depth in [2, 2, 3] {
      for _ in 0..<depth { field.pass(kernel: 3) }
      field.pass(kernel: 2, stride: 2)
    }
    for _ in 0..<3 { field.pass(kernel: 3) }
    print(field.size, field.distance, field.ofPrediction)  // 92 8 108

    print(Double(field.ofPrediction) / 300)  // 0.36
    let priors = SSDConfiguration.ssd300(classes: .voc).featureMaps[0]
      .priorShapes
    print(priors.map { max($0.width, $0.height) }.max() ?? 0)  // 0.1414

    field.pass(kernel: 2, stride: 2)
    for _ in 0..<3 { field.pass(kernel: 3) }
    field.pass(kernel: 3)
    field.pass(kernel: 3, dilation: 6)
    print(field.size, field.distance, field.ofPrediction)  // 420 16 452
  }
}
