// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import MultiBox
import SSD
import Torch

extension Chapter {
  static func baseNetwork(_ print: (Any...) -> Void) throws {
    let map = Tensor.zeros([1, 1, 75, 75])
    print(map.maxPooled(2, stride: 2).shape)  // [1, 1, 37, 37]
    print(map.maxPooled(2, stride: 2, roundsUp: true).shape)  // [1, 1, 38, 38]

    let conv5 = Tensor.zeros([1, 512, 19, 19])
    print(conv5.maxPooled(2, stride: 2).shape)  // [1, 512, 9, 9]
    print(conv5.maxPooled(3, stride: 1, padding: 1).shape)  // [1, 512, 19, 19]

    let base = VGG16Base(BaseNetwork())
    let (conv4_3, conv7) = withoutGradients {
      base(Tensor.zeros([1, 3, 300, 300]))
    }
    print(conv4_3.shape, conv7.shape)  // [1, 512, 38, 38] [1, 1024, 19, 19]
  }
}
