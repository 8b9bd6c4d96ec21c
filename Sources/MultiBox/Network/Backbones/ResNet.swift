/// A residual network (He et al., 2016) as NVIDIA's SSD uses it: conv1 to conv4, conv4 without its
/// stride, so that its map is 38 x 38 for an image of 300 pixels, and conv5 left out.
///
/// Layers bear torchvision's names: `layer1` to `layer3` are the paper's conv2_x to conv4_x. The
/// bottleneck has its stride in the 3 x 3 convolution, as in torchvision (v1.5).
public struct ResNet: Hashable, Sendable, Codable {
  /// The number of layers that the paper counts, which names the network.
  public enum Depth: Int, Hashable, Sendable, Codable, CaseIterable {
    case resNet18 = 18
    case resNet34 = 34
    case resNet50 = 50

    /// The number of residual blocks in conv2_x, conv3_x and conv4_x (He et al., table 1).
    var blockCounts: [Int] {
      switch self {
      case .resNet18: [2, 2, 2]
      case .resNet34: [3, 4, 6]
      case .resNet50: [3, 4, 6]
      }
    }

    /// Whether blocks are 1 x 1, 3 x 3, 1 x 1 with four times the channels at their end, instead of two
    /// 3 x 3.
    var hasBottlenecks: Bool { self == .resNet50 }
  }

  /// The depth.
  public var depth: Depth

  /// A residual network of that depth.
  public init(_ depth: Depth) { self.depth = depth }

  /// The layers `conv1` to `layer3`, whose map has 256 channels, or 1024 with bottlenecks.
  public var layers: [NetworkLayer] {
    var layers = LayerList()
    func convolution(
      _ channels: Int, _ kernelSize: Int, stride: Int = 1, norm: String,
      activation: Activation = .relu
    ) -> Convolution {
      Convolution(
        channels: channels, kernelSize: kernelSize, stride: stride,
        padding: Padding(kernelSize / 2), hasBias: false,
        normalization: BatchNormalization(name: norm), activation: activation)
    }
    layers.convolution("conv1", convolution(64, 7, stride: 2, norm: "bn1"))
    layers.maximumPooling("maxpool", kernelSize: 3, stride: 2, padding: 1)
    var inputs = 64
    for (stage, count) in depth.blockCounts.enumerated() {
      let channels = 64 << stage
      let outputs = depth.hasBottlenecks ? 4 * channels : channels
      for block in 0..<count {
        let name = "layer\(stage + 1).\(block)"
        // Only conv3_x halves the map: conv2_x follows a pooling, conv4_x has its stride taken away.
        let stride = stage == 1 && block == 0 ? 2 : 1
        let input = layers.top
        let steps: [(channels: Int, kernelSize: Int, stride: Int)] =
          depth.hasBottlenecks
          ? [(channels, 1, 1), (channels, 3, stride), (outputs, 1, 1)]
          : [(channels, 3, stride), (outputs, 3, 1)]
        for (index, step) in steps.enumerated() {
          layers.convolution(
            "\(name).conv\(index + 1)",
            convolution(
              step.channels, step.kernelSize, stride: step.stride, norm: "\(name).bn\(index + 1)",
              activation: index + 1 == steps.count ? .none : .relu))
        }
        let residual = layers.top
        var shortcut = input
        if stride > 1 || inputs != outputs {
          shortcut = layers.convolution(
            "\(name).downsample.0",
            convolution(
              outputs, 1, stride: stride, norm: "\(name).downsample.1", activation: .none),
            from: input)
        }
        // The last block's sum is the stage's output.
        layers.addition(
          block + 1 == count ? "layer\(stage + 1)" : name, of: residual, and: shortcut)
        inputs = outputs
      }
    }
    return layers.layers
  }
}
