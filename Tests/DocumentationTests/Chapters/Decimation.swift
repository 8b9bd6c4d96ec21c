// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Torch
import Weights

extension Chapter {
  static func decimation(_ print: (Any...) -> Void) throws {
    let image = (0..<12).map { Float($0) }
    let weights = (0..<24).map { Float($0 % 5) - 2 }
    let connected = (0..<2).map { neuron in
      (0..<12).reduce(Float(0)) { $0 + image[$1] * weights[neuron * 12 + $1] }
    }
    print(connected)  // [-11.0, 1.0]

    let picture = Tensor(image, shape: [1, 3, 2, 2])
    let kernels = Tensor(weights, shape: [2, 3, 2, 2])
    let convolved = picture.convolved(kernels, bias: nil)
    print(convolved.shape, convolved.array(of: Float.self))
    // [1, 2, 1, 1] [-11.0, 1.0]

    let larger = Tensor.zeros([1, 3, 4, 5])
    print(larger.convolved(kernels, bias: nil).shape)  // [1, 2, 3, 4]

    print(4096 * 512 * 7 * 7, 1024 * 512 * 3 * 3)  // 102760448 4718592
    print(4096 * 4096, 1024 * 1024)  // 16777216 1048576

    let seven = StoredTensor(floats: (0..<49).map { Float($0) }, shape: [7, 7])
    let three = seven.view(shape: [3, 3], strides: [3 * 7, 3])
    print(try three.floats())
    // [0.0, 3.0, 6.0, 21.0, 24.0, 27.0, 42.0, 45.0, 48.0]

    let biases = StoredTensor(
      floats: (0..<4096).map { Float($0) }, shape: [4096])
    if let kept = Decimation.conv6(biases) {
      print(kept.shape, try kept.floats().prefix(4).map { Int($0) })
      // [1024] [0, 4, 8, 12]
    }

    let map = Tensor((0..<49).map { Float($0 * $0 % 11) }, shape: [1, 1, 7, 7])
    var holes = [Float](repeating: 0, count: 49)
    for kept in try three.floats() { holes[Int(kept)] = kept }
    let large = map.convolved(Tensor(holes, shape: [1, 1, 7, 7]), bias: nil)
    let atrous = map.convolved(
      Tensor(try three.floats(), shape: [1, 1, 3, 3]), bias: nil, dilation: 3)
    print(large.scalar == atrous.scalar)  // true
  }
}
