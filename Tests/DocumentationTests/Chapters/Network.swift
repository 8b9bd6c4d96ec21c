// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox
import SSD
import Torch

extension Chapter {
  static func network(_ print: (Any...) -> Void) throws {
    let configuration = SSDConfiguration.ssd300(classes: .voc)
    for map in configuration.featureMaps {
      print(map.name, map.size, map.priorsPerPosition, map.priorCount)
    }

    for block in configuration.auxiliary {
      print(
        block.name, block.bottleneckChannels, block.channels, block.stride,
        block.padding)
    }

    print(1024 * 512 * 3 * 3, 1024 * 256 + 256 * 512 * 3 * 3)
    // 4718592 1441792

    let column: [Float] = [3, 4]
    let length = (column[0] * column[0] + column[1] * column[1]).squareRoot()
    print(column.map { 20 * $0 / length })  // [12.0, 16.0]

    let network = SSDNetwork(configuration)
    let images = Tensor.zeros([1, 3, 300, 300])
    let (locations, scores) = withoutGradients { network(images) }
    print(locations.shape, scores.shape)  // [1, 8732, 4] [1, 8732, 21]

    func parameters(_ prefix: String) -> Int {
      network.parameters.filter { $0.name.hasPrefix(prefix) }.reduce(0) {
        $0 + $1.tensor.count
      }
    }

    print(parameters("base"), parameters("aux_convs"), parameters("pred_convs"))
    print(parameters(""))

    for name in ["ssd300-small", "ssd300-tiny"] {
      guard let thin = SSDConfiguration.preset(named: name, classes: .voc)
      else { continue }
      print(
        name, SSDNetwork(thin).parameters.reduce(0) { $0 + $1.tensor.count })
    }
  }
}
