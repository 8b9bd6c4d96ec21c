/// One layer of the network: its kernel, what flows through it, and what it costs.
public struct NetworkLayer: Hashable, Sendable {
  /// What a layer does.
  public enum Kind: String, Hashable, Sendable, Codable {
    case convolution
    case maximumPooling
  }

  /// Which of the three parts of the network a layer belongs to.
  public enum Part: String, Hashable, Sendable, Codable {
    case base
    case auxiliary
    case prediction
  }

  /// Such as `conv4_3`, `pool5` or `loc_conv7`.
  public var name: String
  /// What it does.
  public var kind: Kind
  /// Where it belongs.
  public var part: Part
  /// Channels of its input.
  public var inputChannels: Int
  /// Channels of its output.
  public var outputChannels: Int
  /// Rows and columns of its input.
  public var inputSize: Int
  /// Rows and columns of its window.
  public var kernelSize: Int
  /// Rows and columns from one window to the next.
  public var stride = 1
  /// Rows and columns of zeros on every side.
  public var padding = 0
  /// Distance of neighbouring elements of the window.
  public var dilation = 1
  /// Whether a last window that reaches over the edge counts.
  public var roundsUp = false
  /// Whether a batch normalisation follows.
  public var hasBatchNormalization = false
  /// Pixels of the image that one element of the output depends on, along each side, were the image
  /// endless.
  public var receptiveField = 0
  /// Pixels from the centre of one element's field to that of its neighbour.
  public var step = 0

  /// Rows and columns of its output.
  public var outputSize: Int {
    let travel = inputSize + 2 * padding - dilation * (kernelSize - 1) - 1
    return (roundsUp ? (travel + stride - 1) / stride : travel / stride) + 1
  }

  /// Numbers that training changes: weights, biases, and two for each normalised channel.
  public var parameterCount: Int {
    guard kind == .convolution else { return 0 }
    return outputChannels * (inputChannels * kernelSize * kernelSize + 1)
      + (hasBatchNormalization ? 2 * outputChannels : 0)
  }

  /// Multiplications, each with an addition, for one image; those of convolutions are counted.
  public var multiplications: Int {
    guard kind == .convolution else { return 0 }
    return outputSize * outputSize * outputChannels * inputChannels * kernelSize * kernelSize
  }
}

extension BaseNetwork {
  /// How many convolutions each of VGG-16's five blocks has.
  public static let blockDepths = [2, 2, 3, 3, 3]
}
