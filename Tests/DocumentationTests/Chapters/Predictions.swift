// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox
import SSD
import Torch

extension Chapter {
  static func predictions(_ print: (Any...) -> Void) throws {
    let configuration = SSDConfiguration.ssd300(
      classes: ClassList(["circle", "star"]))
    for (name, shape) in configuration.parameterShapes
    where name.hasSuffix("_conv9_2.weight") {
      print(name, shape)
    }

    // A localization map of conv9_2; each number is channel * 100 + position.
    let numbers = (0..<24).flatMap { channel in
      (0..<25).map { Float(channel * 100 + $0) }
    }
    let map = Tensor(numbers, shape: [1, 24, 5, 5])

    let rows = map.permuted([0, 2, 3, 1]).reshaped([1, 150, 4])
    print(rows.shape)  // [1, 150, 4]
    for row in [0, 1, 6] {
      print(rows.selected(row, along: 1).array(of: Float.self))
    }

    let wrong = map.reshaped([1, 150, 4])
    print(wrong.selected(0, along: 1).array(of: Float.self))
    // [0.0, 1.0, 2.0, 3.0]

    let network = SSDNetwork(
      .ssd300Tiny(classes: ClassList(["circle", "star"])))
    let batch = Tensor.zeros([2, 3, 300, 300])
    let (locations, scores) = withoutGradients { network(batch) }
    print(locations.shape, scores.shape)  // [2, 8732, 4] [2, 8732, 3]
  }
}
