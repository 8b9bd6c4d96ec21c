// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox
import Torch

extension Chapter {
  static func baseNetwork(_ print: (Any...) -> Void) throws {
    let map = Tensor.zeros([1, 1, 75, 75])
    print(map.maxPooled(2, stride: 2).shape)  // [1, 1, 37, 37]
    print(map.maxPooled(2, stride: 2, roundsUp: true).shape)  // [1, 1, 38, 38]

    let conv5 = Tensor.zeros([1, 512, 19, 19])
    print(conv5.maxPooled(2, stride: 2).shape)  // [1, 512, 9, 9]
    print(conv5.maxPooled(3, stride: 1, padding: 1).shape)  // [1, 512, 19, 19]

    let graph = SSDConfiguration.ssd300(classes: .voc).graph
    for layer in graph.layers where ["conv4_3", "conv7"].contains(layer.name) {
      print(layer.name, layer.outputChannels, layer.outputSize)
    }
  }
}
