/// One layer of a network as data: its name, what it computes, and from which layers.
///
/// A list of such layers describes a network once. libtorch's network, the native engine's plan, the
/// exported ONNX graph, parameter shapes, receptive fields and the architecture's pictures are loops
/// over it; see ``NetworkGraph``.
public struct NetworkLayer: Hashable, Sendable {
  /// The part of the network that a layer belongs to. Parameter names begin with it.
  public enum Part: String, Hashable, Sendable, Codable, CaseIterable {
    /// The backbone. Its parameters begin with `base.`.
    case base
    /// The convolutions that make smaller maps on top of the base. Their parameters begin with
    /// `aux_convs.`.
    case auxiliary
    /// The heads that predict offsets and class logits. Their parameters begin with `pred_convs.`.
    case prediction

    /// The beginning of the names of the part's parameters, with the dot.
    public var prefix: String {
      switch self {
      case .base: "base."
      case .auxiliary: "aux_convs."
      case .prediction: "pred_convs."
      }
    }
  }

  /// The input of a network's first layers: the normalized image, (3, size, size).
  public static let image = "image"

  /// The layer's name, such as `conv4_3`; no two layers of a network have the same one.
  public var name: String
  /// The part of the network that the layer belongs to.
  public var part: Part
  /// The names of the layers whose outputs it reads, or ``image``.
  public var inputs: [String]
  /// The computation.
  public var operation: LayerOperation

  /// A layer from all its parts; ``LayerList`` is the shorter way.
  public init(name: String, part: Part, inputs: [String], operation: LayerOperation) {
    self.name = name
    self.part = part
    self.inputs = inputs
    self.operation = operation
  }

  /// The name of a batch normalization's parameters by default: `bn4_3` belongs to `conv4_3`, and
  /// `stem_bn` to `stem`.
  public static func batchNormalizationName(for convolution: String) -> String {
    convolution.hasPrefix("conv")
      ? "bn" + convolution.dropFirst("conv".count) : convolution + "_bn"
  }
}

/// The computation of a layer. Maps are (channels, size, size).
public enum LayerOperation: Hashable, Sendable {
  /// A convolution with its bias, batch normalization and activation; see ``Convolution``.
  case convolution(Convolution)
  /// The maximum over windows; see ``MaximumPooling``.
  case maximumPooling(MaximumPooling)
  /// The sum of two maps of the same shape, followed by an activation: a residual connection.
  case addition(Activation)
  /// A map times one factor for each channel, (channels, 1, 1), followed by an activation: the second
  /// half of squeeze and excitation.
  case channelScaling(Activation)
  /// The mean of each channel, (channels, 1, 1).
  case globalAverage
  /// Every position's channels divided by their L2 norm, times learned factors; see
  /// ``L2Normalization``.
  case l2Normalization(L2Normalization)

  /// The convolution, or nil for other operations.
  public var convolution: Convolution? {
    if case .convolution(let convolution) = self { convolution } else { nil }
  }

  /// The number of maps that the operation reads.
  var inputCount: Int {
    switch self {
    case .convolution, .maximumPooling, .globalAverage, .l2Normalization: 1
    case .addition, .channelScaling: 2
    }
  }
}

/// The function that follows a convolution or an addition, element by element.
public enum Activation: String, Hashable, Sendable, Codable, CaseIterable {
  /// The value itself.
  case none
  /// max(x, 0).
  case relu
  /// min(max(x, 0), 6) (MobileNetV2).
  case relu6
  /// x * min(max(x + 3, 0), 6) / 6 (MobileNetV3).
  case hardSwish
  /// min(max(x + 3, 0), 6) / 6 (MobileNetV3's squeeze and excitation).
  case hardSigmoid

  /// Whether its results are never negative, whatever it is applied to.
  public var isNonNegative: Bool {
    switch self {
    case .none, .hardSwish: false
    case .relu, .relu6, .hardSigmoid: true
    }
  }
}

/// Rows and columns of padding before the first and after the last of a map. They differ in
/// TensorFlow's `SAME`, where a stride meets an even size.
public struct Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The rows above the first and the columns left of the first.
  public var before: Int
  /// The rows below the last and the columns right of the last.
  public var after: Int

  /// Padding that may differ between the two ends.
  public init(before: Int, after: Int) {
    self.before = before
    self.after = after
  }

  /// The same padding on every side.
  public init(_ count: Int) { self.init(before: count, after: count) }

  /// The same padding on every side.
  public init(integerLiteral count: Int) { self.init(count) }

  /// Whether both ends have the same padding.
  public var isSymmetric: Bool { before == after }
}

/// A convolution with square kernels, with what directly follows it.
public struct Convolution: Hashable, Sendable, Codable {
  /// The number of output channels.
  public var channels: Int
  /// The rows and columns of the kernel.
  public var kernelSize: Int
  /// The rows and columns from one window to the next.
  public var stride: Int
  /// The rows and columns of zeros around the map.
  public var padding: Padding
  /// The distance of neighboring elements of the kernel: 1 is an ordinary convolution.
  public var dilation: Int
  /// The number of groups that channels are divided into: 1 is an ordinary convolution, as many as
  /// there are channels is a depthwise one.
  public var groups: Int
  /// Whether a learned bias is added to each output channel.
  public var hasBias: Bool
  /// The batch normalization that follows, or nil for none.
  public var normalization: BatchNormalization?
  /// The activation that follows.
  public var activation: Activation

  /// A convolution; `padding` keeps the size of the map at stride 1 unless told otherwise.
  public init(
    channels: Int, kernelSize: Int, stride: Int = 1, padding: Padding? = nil, dilation: Int = 1,
    groups: Int = 1, hasBias: Bool = true, normalization: BatchNormalization? = nil,
    activation: Activation = .relu
  ) {
    self.channels = channels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding ?? Padding(dilation * (kernelSize - 1) / 2)
    self.dilation = dilation
    self.groups = groups
    self.hasBias = hasBias
    self.normalization = normalization
    self.activation = activation
  }
}

/// Batch normalization of a convolution's output (Ioffe and Szegedy, 2015).
public struct BatchNormalization: Hashable, Sendable, Codable {
  /// The name of its parameters, after the prefix of the layer's part, such as `bn4_3`.
  public var name: String
  /// The number that is added to a variance before its root is divided by: 1e-5 in PyTorch, 1e-3 in
  /// TensorFlow.
  public var epsilon: Double

  /// A batch normalization with PyTorch's epsilon unless told otherwise.
  public init(name: String, epsilon: Double = 1e-5) {
    self.name = name
    self.epsilon = epsilon
  }
}

/// The maximum over square windows. Padding never is the maximum.
public struct MaximumPooling: Hashable, Sendable, Codable {
  /// The rows and columns of the window.
  public var kernelSize: Int
  /// The rows and columns from one window to the next.
  public var stride: Int
  /// The rows and columns around the map.
  public var padding: Padding
  /// Whether a last window that reaches over the edge counts (PyTorch's `ceil_mode`).
  public var roundsUp: Bool

  /// A pooling over windows.
  public init(kernelSize: Int, stride: Int, padding: Padding = 0, roundsUp: Bool = false) {
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.roundsUp = roundsUp
  }
}

/// Every position's channels divided by their L2 norm, times a learned factor for each channel (Liu et
/// al., ParseNet, 2015; paper, section 3.1).
public struct L2Normalization: Hashable, Sendable, Codable {
  /// The number that is added to the square of the norm: 1e-10 in the authors' Caffe layer. Without it
  /// a position whose channels are all zero would be divided by zero.
  public var epsilon: Double
  /// The value that the factors start from: 20 in the paper.
  public var initialScale: Double
  /// The full name of the factors, (1, channels, 1, 1); nil for the layer's name and `.weight`.
  public var parameter: String?

  /// An L2 normalization with the paper's numbers unless told otherwise.
  public init(epsilon: Double = 1e-10, initialScale: Double = 20, parameter: String? = nil) {
    self.epsilon = epsilon
    self.initialScale = initialScale
    self.parameter = parameter
  }
}
